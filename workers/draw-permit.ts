/** One permit as a tagged A4 PDF, Indonesian with English below, with a QR code that leads to its verification page. */
import PDFDocument from 'pdfkit';
import { toBuffer } from 'qrcode';

export interface PermitField {
  readonly label: string;
  readonly labelEn: string;
  readonly value: string;
}

export interface Permit {
  readonly title: string;
  readonly number: string;
  readonly holder: string;
  readonly fields: readonly PermitField[];
  /** ISO 8601 */
  readonly issuedAt: string;
  /** IANA name */
  readonly zone: string;
  readonly verifyUrl: string;
}

const INK = '#14213d';
const GREY = '#5b6577';
const LEFT = 62;
const WIDTH = 471;
const LABEL_WIDTH = 170;

export async function drawPermit(permit: Permit): Promise<Uint8Array> {
  const qr = await toBuffer(permit.verifyUrl, { errorCorrectionLevel: 'M', margin: 1, width: 300 });
  const pdf = new PDFDocument({
    size: 'A4',
    margin: LEFT,
    pdfVersion: '1.7',
    tagged: true,
    lang: 'id-ID',
    displayTitle: true,
    info: { Title: `${permit.title} ${permit.number}`, Author: 'Pemerintah Kota', CreationDate: new Date(permit.issuedAt) },
  });
  const chunks: Uint8Array[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  const page = pdf.struct('Document');
  pdf.addStructure(page);
  head(pdf, page, permit);
  rows(pdf, page, permit);
  seal(pdf, page, { permit, qr });
  page.end();
  pdf.end();
  return done;
}

type Pdf = InstanceType<typeof PDFDocument>;
type Structure = ReturnType<Pdf['struct']>;

/** The built-in fonts know Latin letters only; anything else becomes a visible mark instead of garbage. */
const latin = (text: string): string =>
  text.normalize('NFC').replace(/[^\n\x20-\x7e\u00a0-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022]/g, '?');

interface Style {
  readonly font?: 'Helvetica' | 'Helvetica-Bold';
  readonly size: number;
  readonly color?: string;
  readonly align?: 'center' | 'left';
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
}

function write(
  pdf: Pdf,
  parent: Structure,
  { tag, text, style }: { readonly tag: string; readonly text: string; readonly style: Style },
): void {
  parent.add(
    pdf.struct(tag, {}, () => {
      pdf
        .font(style.font ?? 'Helvetica')
        .fontSize(style.size)
        .fillColor(style.color ?? INK)
        .text(latin(text), style.x ?? LEFT, style.y ?? pdf.y, { width: style.width ?? WIDTH, align: style.align ?? 'left' });
    }),
  );
}

function decoration(pdf: Pdf, draw: () => void): void {
  pdf.markContent('Artifact', { type: 'Layout' });
  draw();
  pdf.endMarkedContent();
}

function head(pdf: Pdf, page: Structure, permit: Permit): void {
  write(pdf, page, { tag: 'P', text: 'PEMERINTAH KOTA', style: { font: 'Helvetica-Bold', size: 13, align: 'center' } });
  write(pdf, page, {
    tag: 'P',
    text: 'Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu',
    style: { size: 10, align: 'center', color: GREY },
  });
  decoration(
    pdf,
    () =>
      void pdf
        .moveTo(LEFT, pdf.y + 8)
        .lineTo(LEFT + WIDTH, pdf.y + 8)
        .lineWidth(1.2)
        .strokeColor(INK)
        .stroke(),
  );
  write(pdf, page, { tag: 'H1', text: permit.title, style: { font: 'Helvetica-Bold', size: 17, align: 'center', y: pdf.y + 30 } });
  write(pdf, page, { tag: 'P', text: `Nomor / Number: ${permit.number}`, style: { size: 11, align: 'center', y: pdf.y + 4 } });
  pdf.y += 20;
}

function rows(pdf: Pdf, page: Structure, permit: Permit): void {
  const own: readonly PermitField[] = [
    { label: 'Pemegang', labelEn: 'Holder', value: permit.holder },
    ...permit.fields,
    { label: 'Tanggal terbit', labelEn: 'Date of issue', value: dayOf(permit) },
  ];
  for (const field of own) {
    if (pdf.y > 700) pdf.addPage();
    const top = pdf.y;
    write(pdf, page, { tag: 'P', text: field.label, style: { font: 'Helvetica-Bold', size: 10, y: top, width: LABEL_WIDTH } });
    if (field.labelEn !== '') write(pdf, page, { tag: 'P', text: field.labelEn, style: { size: 8, color: GREY, width: LABEL_WIDTH } });
    const afterLabel = pdf.y;
    write(pdf, page, {
      tag: 'P',
      text: field.value === '' ? '–' : field.value,
      style: { size: 11, x: LEFT + LABEL_WIDTH + 12, y: top, width: WIDTH - LABEL_WIDTH - 12 },
    });
    pdf.y = Math.max(afterLabel, pdf.y) + 9;
  }
}

function seal(pdf: Pdf, page: Structure, { permit, qr }: { readonly permit: Permit; readonly qr: Buffer }): void {
  if (pdf.y > 600) pdf.addPage();
  const top = pdf.y + 24;
  page.add(pdf.struct('Figure', { alt: `Kode QR menuju ${permit.verifyUrl}` }, () => void pdf.image(qr, LEFT, top, { width: 110 })));
  const style = { x: LEFT + 128, width: WIDTH - 128 };
  write(pdf, page, {
    tag: 'P',
    text: 'Periksa keaslian dokumen ini dengan memindai kode QR atau membuka alamat berikut.',
    style: { ...style, size: 10, y: top + 12 },
  });
  write(pdf, page, {
    tag: 'P',
    text: 'Scan the code or open this address to verify the document.',
    style: { ...style, size: 8, color: GREY, y: pdf.y + 3 },
  });
  write(pdf, page, { tag: 'P', text: permit.verifyUrl, style: { ...style, size: 9, y: pdf.y + 6 } });
}

/** The city's own day, in words: in Malang it is tomorrow while it is still evening in London. */
function dayOf({ issuedAt, zone }: Permit): string {
  return new Intl.DateTimeFormat('id-ID', { dateStyle: 'long', timeZone: zone }).format(new Date(issuedAt));
}
