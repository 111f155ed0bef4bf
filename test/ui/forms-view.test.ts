import { describe, expect, test } from '@jest/globals';
import type { FormComponent } from '../../ui/forms/schema.ts';
import { render, renderAnswers } from './forms-support.ts';

const nik: FormComponent = {
  type: 'textfield',
  key: 'nik',
  label: 'NIK',
  description: '16 angka pada KTP Anda',
  validate: { required: true, pattern: '^\\d{16}$' },
  properties: { 'label.en': 'National ID number', 'description.en': '16 digits on your ID card' },
};

describe('a field', () => {
  test('[UI57] is tied to its label, hint and error', async () => {
    const html = await render([nik], { errors: [{ pointer: '/nik', code: 'required' }] });
    expect(html).toContain('<label class="form-label" for="field-nik">NIK</label>');
    expect(html).toContain('aria-describedby="field-nik-hint field-nik-error"');
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain('“NIK” wajib diisi.');
  });

  test('[UI57] without an error carries no error marks', async () => {
    const html = await render([nik]);
    expect(html).not.toContain('aria-invalid');
    expect(html).not.toContain('field-nik-error');
  });

  test('[UI58] speaks English where the form does, and falls back where it does not', async () => {
    const html = await render([nik, { type: 'textfield', key: 'rt', label: 'RT' }], { lang: 'en' });
    expect(html).toContain('National ID number');
    expect(html).toContain('16 digits on your ID card');
    expect(html).toContain('RT<span class="form-optional"> (optional)</span>');
  });

  test('[UI59] of digits stays text, with the number keyboard', async () => {
    const html = await render([nik], { values: { nik: '9173010101900001' } });
    expect(html).toContain('type="text"');
    expect(html).toContain('inputMode="numeric"');
    expect(html).toContain('value="9173010101900001"');
  });

  test('[UI60] of an unknown kind says that it cannot be shown', async () => {
    expect(await render([{ type: 'hologram', key: 'h', label: 'Foto 3D' }])).toContain('belum dapat ditampilkan');
  });
});

describe('several questions', () => {
  test('[UI57] that belong together have a legend', async () => {
    const html = await render([{ type: 'group', label: 'Pemohon', components: [nik] }]);
    expect(html).toMatch(/<fieldset class="form-group"><legend class="form-group-legend">Pemohon<\/legend>/);
  });

  test('[UI61] hidden by a condition are not there, and come back with the answer', async () => {
    const asked: FormComponent[] = [{ type: 'textfield', key: 'why', label: 'Alasan', conditional: { hide: '=answer != "no"' } }];
    expect(await render(asked, { values: { answer: 'yes' } })).not.toContain('Alasan');
    expect(await render(asked, { values: { answer: 'no' } })).toContain('Alasan');
  });

  test('[UI61] with a condition that cannot be understood stay visible', async () => {
    expect(await render([{ ...nik, conditional: { hide: '=)(' } }])).toContain('NIK');
  });
});

describe('texts of a form', () => {
  test('[UI62] bring no markup of their own', async () => {
    const html = await render([
      { type: 'text', text: '# Judul\n\n**tebal** <img src=x onerror=alert(1)> [jahat](javascript:alert(1)) [baik](https://example.org)' },
      { type: 'html', content: '<h1>Satu</h1><script>alert(1)</script><p onclick="x()">Dua</p>' },
    ]);
    expect(html).toContain('<h2>Judul</h2>');
    expect(html).toContain('<strong>tebal</strong>');
    expect(html).toContain('&lt;img');
    expect(html).not.toContain('<img');
    expect(html).not.toContain('href="javascript');
    expect(html).toContain('href="https://example.org"');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('onclick');
  });

  test('[UI58] are filled with the answers', async () => {
    expect(await render([{ type: 'text', text: 'Halo {{nama}}, {{tidakAda}}selamat' }], { values: { nama: 'Siti' } })).toContain(
      'Halo Siti, selamat',
    );
  });

  test('[UI62] what somebody answered becomes neither a link, a heading nor a list in them', async () => {
    const [values, text] = [
      { why: '[tekan](https://elsewhere.example) *x* `y`\n\n# Judul\n\n- satu' },
      'Alasan: {{why}} [aturan](https://kota.example)',
    ];
    const html = await render([{ type: 'text', text }], { values });
    expect(html).toContain('[tekan](https://elsewhere.example) *x* `y`');
    expect(html).toContain('<a href="https://kota.example">aturan</a>');
    expect(html).not.toMatch(/href="https:..elsewhere|<em>|<code>|<h2>|<li>/);
  });

  test('[UI62] load no picture from outside', async () => {
    const html = await render([
      { type: 'image', source: 'https://elsewhere.example/a.png', alt: 'luar' },
      { type: 'image', source: '/peta.png', alt: 'Peta' },
    ]);
    expect(html).toContain('<img class="form-image" src="/peta.png" alt="Peta"/>');
    expect(html).not.toContain('elsewhere.example');
  });
});

describe('answers for reading', () => {
  const form: FormComponent[] = [
    { type: 'radio', key: 'tempat', label: 'Tempat', values: [{ label: 'Taman', value: 'taman', 'label.en': 'Park' }] },
    { type: 'datetime', subtype: 'date', key: 'tgl', dateLabel: 'Tanggal' },
    { type: 'number', key: 'jumlah', label: 'Jumlah' },
    { type: 'checkbox', key: 'setuju', label: 'Setuju' },
    { type: 'textfield', key: 'rahasia', label: 'Rahasia', conditional: { hide: '=true' } },
  ];

  test('[UI63] show labels of choices, dates as dd/mm/yyyy, numbers as written here', async () => {
    const html = await renderAnswers(form, { tempat: 'taman', tgl: '2026-12-05', jumlah: 1200.5, setuju: true });
    expect(html).toContain('<dd>Taman</dd>');
    expect(html).toContain('<dd>05/12/2026</dd>');
    expect(html).toContain('<dd>1.200,5</dd>');
    expect(html).toContain('<dd>Ya</dd>');
    expect(html).not.toContain('Rahasia');
  });

  test('[UI63] say what was not answered, in the reader’s language', async () => {
    const html = await renderAnswers(form, {}, 'en');
    expect(html).toContain('<dd>Not answered</dd>');
    expect(html).toContain('<dd>No</dd>');
  });
});
