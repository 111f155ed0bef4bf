import { inflateSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { createHandlers, JobFailure, type Job, type Mail, type NewDocument } from '../../workers/index.ts';
import { directoryOf } from '../../workers/directory.ts';

// drawing the first page loads fonts, which takes long on a busy machine
jest.setTimeout(30_000);

function given(at = Date.UTC(2026, 8, 1)): {
  readonly documents: NewDocument[];
  readonly mails: Mail[];
  readonly run: (job: Job) => Promise<unknown>;
} {
  const documents: NewDocument[] = [];
  const mails: Mail[] = [];
  const handlers = createHandlers({
    directory: directoryOf(new Map(), '/nowhere'),
    evaluate: () => null,
    publicUrl: 'https://kota.example',
    zone: 'Asia/Jakarta',
    secret: 'seal',
    now: () => at,
    putDocument: (document) => (documents.push(document), Promise.resolve({ documentId: `d-${document.id}` })),
    outbox: (mail) => (mails.push(mail), Promise.resolve()),
  });
  return { documents, mails, run: (job) => handlers.get(job.type)!(job, new AbortController().signal) };
}

const job = (type: string, variables: Job['variables'], key = '42'): Job => ({
  key,
  type,
  processInstanceKey: '7',
  processDefinitionId: 'pbg',
  elementId: 'issue',
  businessId: 'PBG-2026-000001',
  headers: {},
  variables,
  retries: 3,
  attempt: 1,
});
const PERMIT = {
  title: 'Persetujuan Bangunan Gedung',
  holder: 'Siti Rahayu',
  number: null,
  fields: [{ label: 'Lokasi', labelEn: 'Location', value: 'Jl. Kawi 12' }],
};

describe('permit-pdf', () => {
  test('[WK20] makes a tagged A4 PDF and says its number and code', async () => {
    const { documents, run } = given();
    const result = (await run(job('permit-pdf', PERMIT))) as { document: { code: string } };
    expect(result).toMatchObject({ document: { documentId: 'd-42', name: 'SK-PBG-2026-000001.pdf', number: 'SK-PBG-2026-000001' } });
    expect(result.document.code).toMatch(/^[2-9A-HJ-NP-Z]{20}$/);
    const text = Buffer.from(documents[0]!.bytes).toString('latin1');
    expect(text.slice(0, 8)).toBe('%PDF-1.7');
    expect(text).toContain('/MarkInfo');
    expect(text).toContain('/Lang (id-ID)');
    expect(text).toContain('[0 0 595.28 841.89]');
    expect(streams(documents[0]!.bytes)).toContain('/H1');
    expect(documents[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('[WK21] a repeated job gives the same code, another job another one', async () => {
    const { run } = given();
    const codes = [];
    for (const key of ['42', '42', '43'])
      codes.push(((await run(job('permit-pdf', PERMIT, key))) as { document: { code: string } }).document.code);
    expect(codes[1]).toBe(codes[0]);
    expect(codes[2]).not.toBe(codes[0]);
  });

  test.each([
    ['a context of fields', { ...PERMIT, fields: { Lokasi: 'Jl. Kawi 12', Luas: 150 } }],
    ['no fields', { ...PERMIT, fields: null }],
    ['a hundred long fields', { ...PERMIT, fields: Array.from({ length: 100 }, (_, i) => ({ label: `L${i}`, value: 'x'.repeat(900) })) }],
    ['letters that the font lacks', { ...PERMIT, holder: 'ꦱꦶꦠꦶ 😀' }],
  ])('[WK22] %s is drawn', async (_, variables) => {
    const { documents, run } = given();
    await run(job('permit-pdf', variables));
    expect(documents).toHaveLength(1);
  });

  test("[WK24] the permit bears the city's own day, not the day in London", async () => {
    const { documents, run } = given(Date.UTC(2026, 7, 31, 20));
    await run(job('permit-pdf', PERMIT));
    expect(words(documents[0]!.bytes)).toContain('1 September 2026');
    expect(words(documents[0]!.bytes)).not.toContain('31 Agustus');
  });

  test.each([['title'], ['holder']])('[WK22] without %s it fails and is not retried', async (name) => {
    const { documents, run } = given();
    const error: unknown = await run(job('permit-pdf', { ...PERMIT, [name]: null })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobFailure);
    expect(error).toMatchObject({ retryable: false });
    expect(documents).toHaveLength(0);
  });
});

describe('notify', () => {
  test('[WK23] puts one mail into the outbox, named by the job', async () => {
    const { mails, run } = given();
    await run(job('notify', { to: 'siti', subject: 'Izin terbit', text: 'Silakan unduh.' }));
    expect(mails).toEqual([
      {
        id: '42',
        to: 'siti',
        subject: 'Izin terbit',
        text: 'Silakan unduh.',
        processInstanceKey: '7',
        businessId: 'PBG-2026-000001',
        at: Date.UTC(2026, 8, 1),
      },
    ]);
  });

  test.each([['to'], ['subject'], ['text']])('[WK23] without %s it fails by name, without the other values', async (name) => {
    const { mails, run } = given();
    const error: unknown = await run(job('notify', { to: 'siti', subject: 'rahasia', text: 'rahasia', [name]: null })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(JobFailure);
    expect((error as Error).message).toContain(name);
    expect((error as Error).message).not.toContain('rahasia');
    expect(mails).toHaveLength(0);
  });
});

/** all compressed streams of a PDF as text */
function streams(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  let text = '';
  for (let at = buffer.indexOf('stream\n'); at >= 0; at = buffer.indexOf('stream\n', at + 7)) {
    try {
      text += inflateSync(buffer.subarray(at + 7), { finishFlush: 2 }).toString('latin1');
    } catch {
      // an image or the end of a stream
    }
  }
  return text;
}

/** the text of a PDF: it stands there as pieces of hexadecimal between kerning numbers */
function words(bytes: Uint8Array): string {
  return [...streams(bytes).matchAll(/<([0-9a-f]+)>/g)].map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1')).join('');
}
