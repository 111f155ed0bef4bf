/** Documents over HTTP: who files them, who reads them, for how long, and what the audit says of it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { permitFiles } from './diagrams.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

const start = Date.now();
let now = start;
let house: House;
let clerk: Caller;
let beta: Caller;
let lead: Caller;
beforeAll(async () => {
  house = await openHouse({ now: () => now });
  [clerk, beta, lead] = await Promise.all([house.as('clerk.alpha'), house.as('clerk.beta'), house.as('lead.alpha')]);
});
afterAll(() => house.close());

function formOf(parts: readonly (readonly [field: string, content: string, name?: string])[]): FormData {
  const form = new FormData();
  for (const [field, content, name] of parts) {
    if (name === undefined) form.append(field, content);
    else form.append(field, new Blob([content], { type: 'text/html' }), name);
  }
  return form;
}
const file = (caller: Caller, content: string, metadata: object = {}, path = '/v2/documents'): Promise<Answer> =>
  caller(
    'POST',
    path,
    formOf([
      ['file', content, 'peta.txt'],
      ['metadata', JSON.stringify(metadata)],
    ]),
  );
const idOf = ({ body }: Answer): string => String(body['documentId']);
const audited = async (documentId: string) =>
  (await house.runtime.store.search('audit', { filter: { subject: `documents ${documentId}` }, limit: 100 })).items.map((row) => [
    row['by'],
    row['action'],
    row['outcome'],
  ]);

describe('filed documents', () => {
  test('[V2-82] what was filed comes back byte by byte, as a file to save, to the filing agency alone', async () => {
    // given
    const made = await file(clerk, '<script>x</script>', { fileName: 'Peta "Jalan".html', customProperties: { kind: 'map' } });

    // then
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      storeId: 'alur',
      metadata: { fileName: 'Peta "Jalan".html', contentType: 'text/html', size: 18, expiresAt: null, customProperties: { kind: 'map' } },
    });
    const path = `/v2/documents/${idOf(made)}`;
    const read = await lead('GET', `${path}?contentHash=${String(made.body['contentHash'])}`);
    expect([read.status, read.text]).toEqual([200, '<script>x</script>']);
    expect(read.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(read.headers.get('content-security-policy')).toContain('sandbox');
    expect((await lead('GET', `${path}?contentHash=other`)).status).toBe(400);
    expect((await beta('GET', path)).status).toBe(404);
    expect((await (await house.as('warga'))('GET', `/api/v1/documents/${idOf(made)}`)).status).toBe(404);
    expect((await (await house.as('evaluator'))('POST', '/v2/documents', formOf([['file', 'x', 'x']]))).status).toBe(403);
  });

  test('[AC75] every download and every denied one is in the audit, whichever address it came by', async () => {
    const documentId = idOf(await file(clerk, 'a'));
    await lead('GET', `/v2/documents/${documentId}`);
    await clerk('GET', `/api/v1/documents/${documentId}`);
    await beta('GET', `/api/v1/documents/${documentId}`);
    expect(await audited(documentId)).toEqual(
      expect.arrayContaining([
        ['clerk.alpha', 'call', 'done'],
        ['lead.alpha', 'read', 'done'],
        ['clerk.alpha', 'read', 'done'],
        ['clerk.beta', 'read', 'denied'],
      ]),
    );
  });

  test('[V2-83] a batch files what it can and says what it could not', async () => {
    const both = await clerk(
      'POST',
      '/v2/documents/batch',
      formOf([
        ['files', 'one', '1.txt'],
        ['files', 'two', '2.txt'],
        ['metadataList', '{"fileName":"satu"}'],
        ['metadataList', '{}'],
      ]),
    );
    const names = (answer: Answer) =>
      (answer.body['createdDocuments'] as { metadata: { fileName: string } }[]).map((one) => one.metadata.fileName);
    expect([both.status, names(both)]).toEqual([201, ['satu', '2.txt']]);
    const list = JSON.stringify([{}, { processInstanceKey: '4503599627370497' }]);
    const half = await clerk(
      'POST',
      '/v2/documents/batch',
      formOf([
        ['files', 'one', '1.txt'],
        ['files', 'two', '2.txt'],
        ['metadataList', list],
      ]),
    );
    expect([half.status, names(half)]).toEqual([207, ['1.txt']]);
    expect(half.body['failedDocuments']).toMatchObject([{ fileName: '2.txt', status: 404, title: 'NOT_FOUND' }]);
    const odd = formOf([
      ['files', 'one', '1.txt'],
      ['metadataList', '{}'],
      ['metadataList', '{}'],
    ]);
    expect((await clerk('POST', '/v2/documents/batch', odd)).status).toBe(400);
    expect((await clerk('POST', '/v2/documents/batch', formOf([['other', 'one', '1.txt']]))).status).toBe(400);
    expect(
      (await clerk('POST', '/v2/documents/batch', formOf(Array.from({ length: 11 }, () => ['files', 'x', 'x'] as const)))).status,
    ).toBe(413);
  });

  test('[V2-84] a link opens its one document to whoever holds it, until it is over', async () => {
    // given
    const documentId = idOf(await file(clerk, 'isi'));
    const other = idOf(await file(clerk, 'lain'));
    const made = await clerk('POST', `/v2/documents/${documentId}/links`, { timeToLive: 60_000 });
    const link = new URL(String(made.body['url']));
    const open = (address: string) => house.nobody('GET', address);
    const own = link.pathname + link.search;

    // then
    expect([made.status, made.body['expiresAt']]).toEqual([201, new Date(now + 60_000).toISOString()]);
    expect((await open(own)).text).toBe('isi');
    expect(await audited(documentId)).toContainEqual(['', 'read', 'done']);
    expect((await open(own.replace(documentId, other))).status).toBe(404);
    expect((await open(own.replace(/expires=\d+/, `expires=${now + 9e8}`))).status).toBe(404);
    expect((await open(own.replace(/signature=./, 'signature=_'))).status).toBe(404);
    expect((await open(link.pathname)).status).toBe(404);
    expect((await beta('POST', `/v2/documents/${documentId}/links`, {})).status).toBe(404);
    expect((await clerk('POST', `/v2/documents/${documentId}/links`, { timeToLive: 1e12 })).status).toBe(400);
    now += 60_000;
    expect((await open(own)).status).toBe(404);
  });

  test('[V2-85] a document is over when its sender said so, and a removed one is gone, with its links', async () => {
    const brief = idOf(await file(clerk, 'sebentar', { expiresAt: new Date(now + 1000).toISOString() }));
    const documentId = idOf(await file(clerk, 'dibuang', {}, '/v2/documents?documentId=surat-1'));
    const link = new URL(String((await clerk('POST', `/v2/documents/${documentId}/link`, {})).body['url']));
    expect((await file(clerk, 'lewat', { expiresAt: new Date(now - 1).toISOString() })).status).toBe(400);
    expect((await beta('DELETE', `/v2/documents/${documentId}`)).status).toBe(404);
    expect((await (await house.as('clerk2.alpha'))('DELETE', `/v2/documents/${documentId}`)).status).toBe(403);
    expect((await clerk('DELETE', `/v2/documents/${documentId}`)).status).toBe(204);
    expect((await clerk('GET', `/v2/documents/${documentId}`)).status).toBe(404);
    expect(await house.runtime.store.getBlob(documentId)).toBeUndefined();
    // the same id again is another document: the old link does not open it
    now += 1;
    await file(clerk, 'baru', {}, '/v2/documents?documentId=surat-1');
    expect((await house.nobody('GET', link.pathname + link.search)).status).toBe(404);
    expect((await clerk('GET', `/v2/documents/${brief}`)).status).toBe(200);
    now += 1000;
    expect((await clerk('GET', `/v2/documents/${brief}`)).status).toBe(404);
  });

  test('[AC76] nobody files a document that passes for an issued one, or takes its place', async () => {
    for (const id of ['4503599627370497', 'ABCDEFGH2345', '../x', 'a/b'])
      expect((await file(clerk, 'x', {}, `/v2/documents?documentId=${encodeURIComponent(id)}`)).status).toBe(400);
    const twice = '/v2/documents?documentId=dua-kali';
    expect([(await file(clerk, 'x', {}, twice)).status, (await file(clerk, 'y', {}, twice)).status]).toEqual([201, 409]);
    expect((await clerk('GET', '/v2/documents/dua-kali')).text).toBe('x');
    await file(
      clerk,
      'x',
      { code: 'KODEPALSU1', customProperties: { code: 'KODEPALSU1', number: '1' } },
      '/v2/documents?documentId=KODEPALSU1-',
    );
    expect((await house.nobody('GET', '/api/v1/verifications/KODEPALSU1')).body).toEqual({ valid: false });
  });

  test('[V2-86] a document of a case is its owner’s too; a case that one does not see takes none', async () => {
    expect((await house.deploy(await house.as('admin'), permitFiles)).status).toBe(200);
    const admin = await house.as('admin');
    const started = await admin('POST', '/v2/process-instances', { processDefinitionId: 'permit', variables: {} });
    const processInstanceKey = String(started.body['processInstanceKey']);
    const documentId = idOf(await file(admin, 'lampiran', { processInstanceKey }));
    const row = await house.runtime.store.get('documents', documentId);
    const owner = (await house.runtime.store.get('processInstances', processInstanceKey))?.['ownerAgency'];
    expect([row?.['agencies'], row?.['processInstanceKey']]).toEqual([[owner], processInstanceKey]);
    expect((await file(beta, 'x', { processInstanceKey })).status).toBe(404);
    expect((await file(house.nobody, 'x', { processInstanceKey })).status).toBe(401);
  });
});
