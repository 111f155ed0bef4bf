/** docs/api.md against the router and against the official clients: what is listed as served is served, and nothing is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CamundaRestClient } from '@camunda8/sdk/dist/c8/lib/CamundaRestClient.js';
import { describe, expect, test } from '@jest/globals';
import { addressOf } from '../../server/openapi/document.ts';
import { routes } from '../../server/routes.ts';
import { notServedRoutes, refusals } from '../../server/v2/not-served.ts';
import { clientOperations } from '../clients/interface.ts';
import { operations } from '../clients/operations.ts';
import * as older from '../clients/sdk-operations.ts';
import { calledIn } from '../support/called-addresses.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
const section = text.slice(text.indexOf('## Every operation of /v2'));
const told = new Map(
  [...section.matchAll(/^\| `([A-Z]+ \/[^`]+)` \| (.+) \|$/gm)].map(([, call = '', served = '']) => [plain(call), served]),
);
const served = new Set(
  routes
    .filter((route) => !notServedRoutes.includes(route) && /^\/(v2|cluster)\//.test(route.path))
    .map((route) => plain(`${route.method.toUpperCase()} ${addressOf(route)}`)),
);

/** what a parameter is called is nobody's business */
function plain(call: string): string {
  return call.replace(/\{[^}]+\}/g, '{}');
}

function reasonOf(call: string): string | undefined {
  const [method = '', path = ''] = call.split(' ');
  const fits = (pattern: string): boolean => new RegExp(`^${pattern.replace(/:[A-Za-z]+/g, '[^/]+').replace('*rest', '.+')}$`).test(path);
  return refusals.find(([methods, pattern]) => methods.split(' ').includes(method.toLowerCase()) && fits(pattern))?.[2];
}

describe('every operation of the interface', () => {
  test('[V2-104] stands in docs/api.md as the router has it, with the reason where it is not served', () => {
    expect(told.size).toBeGreaterThanOrEqual(245);
    const wrong = [...told].filter(([call, says]) => says !== (served.has(call) ? 'yes' : `no: ${reasonOf(call) ?? 'without a reason'}`));
    expect(wrong).toEqual([]);
    expect([...served].filter((call) => !told.has(call))).toEqual([]);
  });

  test('[V2-104] each operation of the official client is listed, and each that is served is tried with it', () => {
    const all = clientOperations();
    expect(all.length).toBeGreaterThan(180);
    expect(all.filter(({ call }) => !told.has(plain(call)))).toEqual([]);
    const untried = all.filter(({ name, call }) => served.has(plain(call)) && !Object.hasOwn(operations, name));
    expect(untried.map(({ name }) => name)).toEqual([]);
    expect(Object.keys(operations).filter((name) => !all.some((one) => one.name === name))).toEqual([]);
  });

  test('[V2-104] each operation of the older client is tried', () => {
    const tried = new Set(Object.values(older).flatMap((group) => Object.keys(group)));
    // these call nothing, or are how the others call
    const own = ['constructor', 'getHeaders', 'stopWorkers', 'startWorkers', 'getConfig', 'callApiEndpoint', 'addDefaultTenantId'];
    const all = Object.getOwnPropertyNames(CamundaRestClient.prototype).filter((name) => !own.includes(name));
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe('every address', () => {
  const top = join(import.meta.dirname, '..');
  const called = readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => calledIn(name, readFileSync(join(top, name), 'utf8')));
  const byClient = new Set(clientOperations().map(({ call }) => plain(call)));

  test('[API26] that is served is called over HTTP by a test', () => {
    const uncalled = routes
      .filter((route) => !notServedRoutes.includes(route))
      .filter((route) => !byClient.has(plain(`${route.method.toUpperCase()} ${addressOf(route)}`)))
      .map((route) => `${route.method.toUpperCase()} ${route.path}`)
      .filter((call) => !called.some((one) => new RegExp(`^${call.replace(/[:*]\w+/g, '[^/]+')}$`).test(one)));
    expect(called.length).toBeGreaterThan(300);
    expect(uncalled).toEqual([]);
  });

  test('[API26] one that no test calls is seen', () => {
    const source = "const at = '/api/v1/a'; call('GET', `${at}/${id}/x?y=1`); [['POST', '/b']]; call('DELETE', other); call('PUT /c')";
    expect(calledIn('a.test.ts', source)).toEqual(['GET /api/v1/a/*/x', 'POST /b', 'PUT /c']);
  });
});
