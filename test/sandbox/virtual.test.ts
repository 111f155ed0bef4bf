import { afterAll, describe, expect, test } from '@jest/globals';
import { createVirtualAgencies } from '../../sandbox/virtual.ts';
import { readContract } from '../../workers/contracts/read-contract.ts';
import { readOperations } from '../../workers/openapi.ts';

const book = {
  type: 'object',
  required: ['book-id', 'title', 'isbn'],
  properties: {
    'book-id': { type: 'string' },
    title: { type: 'string', example: 'Hukum Tata Ruang' },
    isbn: { type: 'string', pattern: '^\\d{13}$' },
    price: { type: 'number', exclusiveMinimum: 0 },
    sequel: { $ref: '#/components/schemas/Book' },
  },
};
const json = (schema: object) => ({ description: 'ok', content: { 'application/json': { schema } } });
const ref = { $ref: '#/components/schemas/Book' };
const item = [{ name: 'book-id', in: 'path', required: true, schema: { type: 'string' } }];
const text = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Perpustakaan', version: '1' },
  paths: {
    '/v1.0/books': {
      get: { operationId: 'list', responses: { 200: json({ type: 'object', properties: { items: { type: 'array', items: ref } } }) } },
      post: {
        operationId: 'add',
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } } } },
        responses: { 201: json(ref) },
      },
    },
    '/v1.0/books/{book-id}': {
      parameters: item,
      get: { operationId: 'get', responses: { 200: json(ref), 404: { description: 'none' } } },
      delete: { operationId: 'remove', responses: { 204: { description: 'gone' } } },
    },
  },
  components: { schemas: { Book: book } },
}); // prettier-ignore

const virtual = createVirtualAgencies({ slowMs: 1 });
afterAll(() => virtual.close());

describe('a virtual agency', () => {
  test('[AP60] any contract is served: examples, a memory, an effect once per key, faults; every answer is labelled', async () => {
    // given
    const contract = await readContract(text);
    const document = contract.documentOf(['list', 'add', 'get', 'remove']);
    const url = await virtual.urlOf('library', { hash: contract.hash, document });
    const checks = readOperations('library', document);
    const call = async (method: string, path: string, body?: object, key = '') => {
      const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) };
      const response = await fetch(`${url}/v1.0${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const answer = await response.text();
      return {
        status: response.status,
        label: response.headers.get('x-alur-sandbox'),
        body: (answer ? JSON.parse(answer) : null) as Record<string, unknown>,
      };
    };

    // when nothing is known yet, the schema speaks
    const seen = await call('GET', '/books/B%201');
    expect(seen).toMatchObject({ status: 200, label: 'library', body: { 'book-id': 'B 1', title: 'Hukum Tata Ruang', price: 0.5 } });
    expect(checks.get('get')?.answers.get(200)?.(seen.body)).toBe(true);
    expect((await call('GET', '/books/unknown')).status).toBe(404);

    // when something is posted, it is there once
    const made = await call('POST', '/books', { title: 'Baru' }, 'k1');
    expect(await call('POST', '/books', { title: 'Baru' }, 'k1')).toEqual(made);
    expect(made).toMatchObject({ status: 201, body: { 'book-id': 'SANDBOX-000001', title: 'Baru' } });
    expect((await call('GET', '/books')).body['items']).toEqual([made.body]);
    expect((await call('DELETE', '/books/SANDBOX-000001')).status).toBe(204);
    expect((await call('GET', '/books/SANDBOX-000001')).status).toBe(404);

    // what does not fit is refused
    expect((await call('POST', '/books', { name: 'x' })).status).toBe(400);
    expect((await call('PUT', '/books/1', {})).status).toBe(405);
    expect((await call('GET', '/nothing')).status).toBe(404);

    // faults
    virtual.agencies[0]?.setFault('down');
    expect((await call('GET', '/books')).status).toBe(503);
    virtual.agencies[0]?.setFault('wrong-body');
    expect((await call('GET', '/books/1')).body).toHaveProperty('error');
    virtual.agencies[0]?.setFault('none');

    // the same contract: the same server; another one: another, under the same name
    expect(await virtual.urlOf('library', { hash: contract.hash, document })).toBe(url);
    expect(await virtual.urlOf('library', { hash: 'other', document: contract.documentOf(['get']) })).not.toBe(url);
    expect(virtual.agencies).toHaveLength(1);
  });
});
