/** Contracts that strangers wrote, from text to templates. Pure. */
import { describe, expect, test } from '@jest/globals';
import { compareOperations } from '../../workers/contracts/compare.ts';
import { isHarmless } from '../../workers/contracts/patterns.ts';
import { ContractProblem } from '../../workers/contracts/problem.ts';
import { readContract } from '../../workers/contracts/read-contract.ts';
import type { ContractOperation } from '../../workers/contracts/operation.ts';
import { checkTemplate, templateOf } from '../../workers/contracts/template.ts';
import { readOperations } from '../../workers/openapi.ts';
import { createSeal } from '../../workers/seal.ts';

const swagger = {
  swagger: '2.0',
  info: { title: 'Perpustakaan', version: '7' },
  host: 'books.example',
  basePath: '/v1',
  paths: {
    '/books/{book-id}': {
      parameters: [{ name: 'book-id', in: 'path', required: true, type: 'string', pattern: '^(a+)+$' }],
      get: {
        responses: { 200: { description: 'ok', schema: { $ref: '#/definitions/Book' } }, 404: { description: 'none' } },
      },
    },
    '/books': {
      post: {
        operationId: 'addBook',
        summary: 'Add a book',
        parameters: [{ name: 'book', in: 'body', required: true, schema: { $ref: '#/definitions/Book' } }],
        responses: { 201: { description: 'made', schema: { $ref: '#/definitions/Book' } } },
      },
    },
    '/cover': { post: { operationId: 'cover', parameters: [{ name: 'f', in: 'formData', type: 'file' }], consumes: ['multipart/form-data'], responses: { 200: { description: 'ok' } } } },
  },
  definitions: {
    Book: {
      type: 'object',
      required: ['title', 'author'],
      properties: {
        title: { type: 'string' },
        pages: { type: 'integer' },
        lent: { type: 'boolean' },
        kind: { type: 'string', enum: ['novel', 'law'] },
        author: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        sequel: { $ref: '#/definitions/Book' },
      },
    },
  },
}; // prettier-ignore
const text = JSON.stringify(swagger);
const faultsOf = async (given: string): Promise<readonly string[]> =>
  readContract(given).then(
    () => [],
    (error: unknown) => (error instanceof ContractProblem ? error.faults.map(({ detail }) => detail) : Promise.reject(error)),
  );

describe('a contract that somebody brings', () => {
  test('[AP50] a Swagger 2.0 document becomes operations with typed fields, cycles cut, and a document that calls are made by', async () => {
    // when
    const contract = await readContract(text);
    const [get, add, cover] = contract.operations;

    // then
    expect(contract).toMatchObject({
      format: 'swagger-2.0',
      title: 'Perpustakaan',
      apiVersion: '7',
      servers: ['https://books.example/v1'],
    });
    expect(get).toMatchObject({ operationId: 'get-books-book-id', errors: ['404=NOT_FOUND'], repeatable: true });
    // a name that no mapping can write makes all of them one context
    expect(get?.inputs).toEqual([{ place: 'path', type: 'object', required: true, label: 'path', description: 'book-id' }]);
    expect(add?.inputs.map(({ place, type, required }) => `${place} ${type} ${required}`)).toEqual([
      'body.title string true',
      'body.pages integer false',
      'body.lent boolean false',
      'body.kind string false',
      'body.author.name string true',
      'body.sequel.title string false',
      'body.sequel.pages integer false',
      'body.sequel.lent boolean false',
      'body.sequel.kind string false',
      'body.sequel.author object false',
      'body.sequel.sequel object false',
    ]);
    expect(cover?.unusable).toContain('only JSON can be sent');
    expect(contract.notes).toHaveLength(1);
    const callable = readOperations('library', contract.documentOf(['get-books-book-id', 'addBook']));
    expect(callable.get('addBook')?.checkBody?.({ title: 'Hukum', author: { name: 'A' } })).toBe(true);
    expect(callable.get('addBook')?.checkBody?.({ title: 'Hukum' })).toBe(false);
    expect(() => contract.documentOf(['cover'])).toThrow(/only JSON/);
    expect(() => contract.documentOf(['nothing'])).toThrow(/does not/);
  });

  test('[AP50] OpenAPI 3.0 is read as 3.1: nullable, bounds, default answers', async () => {
    const document = {
      openapi: '3.0.1',
      info: { title: 't', version: '1' },
      paths: {
        '/a': {
          get: {
            operationId: 'a',
            responses: {
              default: {
                description: 'd',
                content: {
                  'application/vnd.city+json': {
                    schema: {
                      type: 'object',
                      properties: { n: { type: 'integer', minimum: 1, exclusiveMinimum: true }, s: { type: 'string', nullable: true } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    };
    const contract = await readContract(JSON.stringify(document));
    const check = readOperations('x', contract.documentOf(['a']))
      .get('a')
      ?.answers.get(200);
    expect([{ s: null }, { n: 1 }, { n: 2, s: 'x' }, { s: 4 }].map((body) => check?.(body))).toEqual([true, false, true, false]);
  });

  test('[AP51] a broken document is told exactly what is wrong and where', async () => {
    const three = { openapi: '3.1.0', info: { title: 't', version: '1' } };
    const response = { responses: { 200: { description: 'ok' } } };
    expect(await faultsOf('a: [1,')).toEqual([expect.stringMatching(/line \d+, column \d+/)]);
    expect(await faultsOf('hello')).toEqual([expect.stringContaining('no object')]);
    expect(await faultsOf('<!doctype html><html>')).toEqual([
      expect.stringContaining('it is a web page; give the address of the document itself'),
    ]);
    expect(await faultsOf('{"hello":1}')).toEqual([expect.stringContaining('neither `openapi` nor `swagger`')]);
    expect(await faultsOf(JSON.stringify({ ...three, openapi: '3.2.0', paths: {} }))).toEqual([
      expect.stringContaining('export it as 3.1'),
    ]);
    expect(await faultsOf(JSON.stringify({ ...three, paths: {} }))).toEqual([expect.stringContaining('has none')]);
    expect(
      await faultsOf(JSON.stringify({ ...three, paths: { '/a': { get: { responses: { 200: { $ref: 'other.yaml#/x' } } } } } })),
    ).toEqual([expect.stringContaining('/paths/~1a/get/responses/200 leads to other.yaml#/x; bundle it')]);
    expect(
      await faultsOf(JSON.stringify({ ...three, paths: { '/a': { get: { ...response, parameters: [{ $ref: '#/nowhere' }] } } } })),
    ).toEqual([expect.stringContaining('which is not there')]);
    expect(
      (await faultsOf(JSON.stringify({ ...three, paths: { '/a': { get: { responses: {}, parameters: [{ name: 1 }] } } } })))[0],
    ).toContain('/paths/~1a/get/parameters/0');
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]!}`).join(',')}]`).join('\n')}`; // prettier-ignore
    expect(await faultsOf(bomb)).toEqual([expect.stringContaining('aliases')]);
    expect(await faultsOf('['.repeat(5000))).toHaveLength(1);
  });

  test('[AP52] choices that nothing can fulfil are left out and told, as are formats that nobody knows', async () => {
    const properties = { kind: { type: 'integer', enum: ['Full-Time'] }, size: { type: 'string', format: 'uint64', enum: ['s', null] } };
    const content = { 'application/json': { schema: { type: 'object', properties } } };
    const document = {
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
      paths: { '/a': { get: { operationId: 'a', responses: { 200: { description: 'd', content } } } } },
    };
    const contract = await readContract(JSON.stringify(document));
    expect(contract.notes).toEqual([expect.stringContaining('Full-Time')]);
    const check = readOperations('x', contract.documentOf(['a']))
      .get('a')
      ?.answers.get(200);
    expect([{ kind: 2 }, { kind: 'Full-Time' }, { size: 's' }, { size: 'x' }].map((body) => check?.(body))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('[AP52] patterns that could hold the processor are not checked, others are', () => {
    expect(['^[0-9]{16}$', '^[A-Z]{2}-\\d+$', '^(a|b|c)$', '^\\w+@\\w+$'].map(isHarmless)).toEqual([true, true, true, true]);
    expect(['(a+)+$', '^(a|a)*$', '(x+x+)+y', '(.*)\\1', '(?=a)', '([', '(a*){20}', 'a*a*a*b'].map(isHarmless)).toEqual(
      Array(8).fill(false),
    );
  });

  test('[AP53] each operation becomes a template that the validator takes: typed inputs, the answer, business errors', async () => {
    const { operations } = await readContract(text);
    const usable = operations.filter(({ unusable }) => unusable === undefined);
    const made = usable.map((operation) =>
      templateOf({ agencyId: 'library', agencyName: 'Dinas Perpustakaan', language: 'id', version: 3, operation }),
    );
    for (const template of made) await checkTemplate(template);
    await expect(checkTemplate({ ...made[0], id: 5 })).rejects.toThrow(/template/);
    expect(made.map(({ id, version, name }) => [id, version, name])).toEqual([
      ['agency.library.get-books-book-id', 3, 'Dinas Perpustakaan: GET /books/{book-id}'],
      ['agency.library.addBook', 3, 'Dinas Perpustakaan: Add a book'],
    ]);
    const properties = made[1]?.['properties'] as readonly { readonly id?: string; readonly type: string; readonly feel?: string }[];
    const typed = Object.fromEntries(properties.map(({ id, type, feel }) => [id, `${type} ${feel}`]));
    expect(typed).toMatchObject({
      'body.title': 'String optional',
      'body.pages': 'Number optional',
      'body.sequel.author': 'String required',
    });
    expect(JSON.stringify(made[0])).toContain('"404=NOT_FOUND"');
  });

  test('[AP54] a new import is compared with the old one field by field; what is the same is not told', async () => {
    const before = (await readContract(text)).operations;
    const changed = structuredClone(swagger) as { definitions: { Book: { required: string[]; properties: Record<string, unknown> } } };
    changed.definitions.Book.required.push('pages');
    changed.definitions.Book.properties['pages'] = { type: 'string' };
    changed.definitions.Book.properties['kind'] = { type: 'string', enum: ['novel'] };
    delete changed.definitions.Book.properties['sequel'];
    const after = (await readContract(JSON.stringify(changed))).operations;
    expect(compareOperations(before, before)).toEqual([]);
    const add = compareOperations(before, after).find(({ operationId }) => operationId === 'addBook');
    expect(add).toMatchObject({ change: 'changed', breaking: true });
    expect(add?.fields).toContainEqual({ place: 'body.pages', change: 'type', before: 'integer', after: 'string', breaking: true });
    expect(add?.fields).toContainEqual({ place: 'body.pages', change: 'now-required', breaking: true });
    expect(add?.fields).toContainEqual({ place: 'body.kind', change: 'choices', before: 'novel, law', after: 'novel', breaking: true });
    expect(compareOperations(before, after.slice(1)).find(({ change }) => change === 'removed')).toMatchObject({ breaking: true });
    expect(compareOperations(before.slice(1), before)).toEqual([
      { operationId: 'get-books-book-id', change: 'added', fields: [], breaking: false },
    ]);
  });
});

describe('an operation whose answer comes later', () => {
  const asked = (place: string, name: string) => ({
    openapi: '3.1.0',
    info: { title: 'Lab', version: '1' },
    paths: {
      '/tests': {
        post: {
          operationId: 'order',
          parameters: [{ name: 'callback', in: 'query', schema: { type: 'string' } }],
          requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['sample'], properties: { sample: { type: 'string' }, reply: { type: 'object', properties: { url: { type: 'string' } } } } } } } },
          responses: { 202: { description: 'taken' } },
          callbacks: { done: { [place]: { post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Done' } } } } } } } },
        },
      },
    },
    components: { schemas: { Done: { type: 'object', required: [name], properties: { [name]: { type: 'string' } } } } },
  }); // prettier-ignore
  const read = async (document: object) => {
    const contract = await readContract(JSON.stringify(document));
    return { contract, operation: contract.operations[0]! };
  };
  const placesOf = (operation: ContractOperation): readonly string[] => operation.inputs.map(({ place }) => place);

  test('[AP78] the contract says where its address is told and what is brought; nobody is asked for the address', async () => {
    const { operation, contract } = await read(asked('{$request.body#/reply/url}', 'verdict'));
    expect(operation.callback).toMatchObject({ place: 'body:/reply/url', outputs: [{ place: 'response.body.verdict', required: true }] });
    expect(placesOf(operation)).toEqual(['query.callback', 'body.sample']);
    const called = readOperations('lab', contract.documentOf(['order'])).get('order');
    expect([called?.callback?.place, called?.callback?.check({ verdict: 'x' }), called?.callback?.check({})]).toEqual(['body:/reply/url', true, false]);
    expect((await read(asked('{$request.query.callback}', 'x'))).operation).toMatchObject({ callback: { place: 'query:callback' } });
    expect(placesOf((await read(asked('{$request.query.callback}', 'x'))).operation)).toEqual(['body.sample', 'body.reply.url']);
    // an address that the request does not name is none that we could fill in
    expect((await read(asked('https://elsewhere.example/x', 'x'))).operation.callback).toBeUndefined();
  }); // prettier-ignore

  test('[AP78] how the answer comes is an option of the step, drawn in the modeler; what it holds changes with the contract', async () => {
    const { operation } = await read(asked('{$request.body#/reply/url}', 'verdict'));
    for (const language of ['id', 'en'] as const) {
      const template = templateOf({ agencyId: 'lab', agencyName: 'Lab', language, version: 1, operation });
      await checkTemplate(template);
      const properties = template['properties'] as readonly { readonly id?: string; readonly value?: unknown; readonly description?: string }[];
      const value = (id: string): unknown => properties.find((one) => one.id === id)?.value;
      expect([value('answer'), value('callbackPlace')]).toEqual(['callback', 'body:/reply/url']);
      expect(properties.find(({ id }) => id === 'result')?.description).toContain('verdict');
      expect(properties.map(({ id }) => id)).toEqual(expect.arrayContaining(['until', 'every', 'deadline', 'deadlineError', 'callbackSuccess']));
    }
    const after = (await read(asked('{$request.body#/reply/url}', 'result'))).operation;
    const [change] = compareOperations([operation], [after]);
    expect(change).toMatchObject({ breaking: true });
    expect(change?.fields.map(({ place, change: kind }) => `${place} ${kind}`)).toEqual(['callback response.body.verdict removed', 'callback response.body.result added']);
  }); // prettier-ignore
});

describe('secrets at rest', () => {
  test('[AP55] a sealed secret opens for its owner alone, also after the key was replaced, and never when it was changed', () => {
    const [first, second] = ['11', '22'].map((pair) => pair.repeat(32)) as [string, string];
    const old = createSeal(first);
    const sealed = old.seal('rahasia', 'alpha/1');
    expect(sealed.sealed).not.toContain('rahasia');
    expect(old.seal('rahasia', 'alpha/1').sealed).not.toBe(sealed.sealed);
    const rotated = createSeal(`${second},${first}`);
    expect(rotated.keyId).not.toBe(old.keyId);
    expect(rotated.open(sealed, 'alpha/1')).toBe('rahasia');
    expect(() => rotated.open(sealed, 'beta/1')).toThrow(/changed or moved/);
    expect(() => rotated.open({ ...sealed, sealed: `${sealed.sealed.slice(0, -2)}AA` }, 'alpha/1')).toThrow(/changed or moved/);
    expect(() => createSeal(second).open(sealed, 'alpha/1')).toThrow(/ALUR_SECRET_KEY/);
    expect(() => createSeal('too short')).toThrow(/number 1/);
  });
});
