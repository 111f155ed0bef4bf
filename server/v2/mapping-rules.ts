/**
 * Mapping rules: a claim of a token or sign-in that another issuer vouched for, and what whoever carries it is here. A rule belongs to at most one agency
 * (group) and has roles; without either it gives nothing. It counts from the next request of a program, and the next sign-in of a person.
 */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { audit } from '../audit.ts';
import { parseBody, textParam } from '../input.ts';
import { keepsCity, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { isCityWide } from '../reader.ts';
import type { Reader } from '../reader.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import type { SearchTable } from '../search.ts';
import { inTurn } from './account-changes.ts';
import { membershipRoutes } from './memberships.ts';

const text = z.string().trim().min(1).max(256);
export const ruleFields = z.object({ claimName: text, claimValue: z.string().min(1).max(1024), name: text });
export const ruleId = text.regex(/^[A-Za-z0-9_@.+-]+$/);
const creation = ruleFields.extend({ mappingRuleId: ruleId });

const table: SearchTable = {
  collection: 'mappingRules',
  filters: { mappingRuleId: 'text', name: 'text', claimName: 'text', claimValue: 'text' },
  sorts: ['mappingRuleId', 'name', 'claimName', 'claimValue'],
  show: shown,
};

function shown({ mappingRuleId, name, claimName, claimValue }: Row) {
  return { mappingRuleId, name, claimName, claimValue };
}

export function ruleScope(reader: Reader): Filter {
  return isCityWide(reader) ? {} : { agency: reader.agency ?? '' };
}

export async function readableRule(asked: Asked): Promise<Row> {
  const mappingRuleId = textParam(asked, 'mappingRuleId');
  const { store } = asked.context.runtime;
  const found = (await store.search('mappingRules', { filter: { mappingRuleId }, scope: ruleScope(asked.reader), limit: 1 })).items[0];
  if (found === undefined) throw new Problem('NOT_FOUND', 'Expected a mapping rule with this id, but there is none for you');
  return found;
}

async function create(asked: Asked) {
  const given = parseBody(asked, creation);
  const { mappingRuleId: key } = given;
  const row = { ...given, agency: '', roles: [] };
  const { context, reader } = asked;
  const made = await context.runtime.store.write(
    [{ op: 'put', collection: 'mappingRules', key, row }],
    [{ collection: 'mappingRules', key }],
  );
  if (!made) throw new Problem('ALREADY_EXISTS', 'Expected an id that no mapping rule has, but this one is taken');
  // the address names nothing: the record does
  await audit(context, reader, { action: 'call', subject: `POST /v2/mapping-rules ${key}`, outcome: 'done' });
  return created(shown(row));
}

function change(asked: Asked, fieldsOf: (row: Row) => Row): Promise<Row> {
  return inTurn(asked, async () => {
    const row = await readableRule(asked);
    const fields = fieldsOf(row);
    await asked.context.runtime.store.write([{ op: 'patch', collection: 'mappingRules', key: String(row['mappingRuleId']), fields }]);
    return { ...row, ...fields };
  });
}

async function replace(asked: Asked) {
  const given = parseBody(asked, ruleFields);
  return ok(shown(await change(asked, () => given)));
}

async function remove(asked: Asked) {
  await inTurn(asked, async () => {
    const key = String((await readableRule(asked))['mappingRuleId']);
    await asked.context.runtime.store.write([{ op: 'delete', collection: 'mappingRules', key }]);
  });
  return noContent();
}

const one = '/v2/mapping-rules/:mappingRuleId';
export const mappingRuleRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/mapping-rules', creates: true, allow: keepsCity, body: creation, handler: create },
  {
    method: 'post',
    path: '/v2/mapping-rules/search',
    allow: readsAccounts,
    searches: table,
    handler: (asked) => search(asked, table, { scope: ruleScope(asked.reader) }),
  },
  { method: 'get', path: one, allow: readsAccounts, handler: async (asked) => ok(shown(await readableRule(asked))) },
  { method: 'put', path: one, allow: keepsCity, records: 'house', body: ruleFields, handler: replace },
  { method: 'delete', path: one, allow: keepsCity, records: 'house', handler: remove },
  ...membershipRoutes({
    word: 'mapping-rules',
    param: ':mappingRuleId',
    noun: 'a rule',
    table,
    scope: ruleScope,
    keeps: keepsCity,
    change,
  }),
];
