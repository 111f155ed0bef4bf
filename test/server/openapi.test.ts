/** The interface documents against the router: pure, no server. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from '@jest/globals';
import { addressOf } from '../../server/openapi/document.ts';
import { pageOf } from '../../server/openapi/page.ts';
import type { Asked } from '../../server/route.ts';
import { routes } from '../../server/routes.ts';
import { notServedRoutes } from '../../server/v2/not-served.ts';

const prefixes = ['/v2', '/api/v1', '/govstack'] as const;
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>> };

async function documentOf(prefix: string): Promise<Document> {
  const route = routes.find(({ path }) => path === `${prefix}/openapi.json`);
  const reply = await route?.handler({} as Asked);
  return JSON.parse(JSON.stringify(reply?.body ?? {})) as Document;
}
const served = routes.filter((route) => !notServedRoutes.includes(route));

describe('the interface documents', () => {
  test.each(prefixes)('[API14] %s: every route of the router is in a valid document, and nothing else', async (prefix) => {
    // given
    const document = await documentOf(prefix);

    // then
    expect(await new Validator().validate(document)).toEqual({ valid: true });
    const told = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    const mine = served.filter(({ path }) => path.startsWith(`${prefix}/`)).map((route) => `${route.method} ${addressOf(route)}`);
    expect(told.sort()).toEqual([...new Set(mine)].sort());
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one['operationId']));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('[API14] whatever reads JSON says what it reads; a command without a body is known by name', () => {
    const silent = served.filter(
      (route) => ['post', 'put', 'patch'].includes(route.method) && route.reads === undefined && !route.body && !route.searches,
    );
    // these take at most an operationReference, which is not looked at
    const bodiless = /\/(stop|reset|deletion|cancellation|suspension|resumption|resolution|incident-resolution)$/;
    expect(silent.map(({ method, path }) => `${method} ${path}`).filter((name) => !bodiless.test(name))).toEqual([]);
  });

  test('[API15] the page for people runs nothing, loads nothing and shows texts as texts', async () => {
    // given
    const page = pageOf(await documentOf('/v2'), '/v2/openapi.json');
    const hostile = pageOf(
      {
        info: { title: '<script>alert(1)</script>', version: '"><img onerror=x>', description: '' },
        paths: { '/<b>': { get: { tags: ['"'] } } },
      },
      'javascript:x',
    );

    // then
    expect(page).not.toMatch(/<script|javascript:|src=|https?:\/\//i);
    expect(page).toContain('name="viewport"');
    expect(page.match(/<details>/g)?.length).toBeGreaterThan(100);
    expect(hostile).not.toMatch(/<script|<img|<b>/);
  });
});
