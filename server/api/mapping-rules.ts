/** Mapping rules whole, as the administration screen keeps them: the claim, and the agency and roles that it means (server/v2/mapping-rules.ts has them in parts). */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { allRows } from '../all-rows.ts';
import { parseBody, textParam } from '../input.ts';
import { keepsCity, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, roles } from '../reader.ts';
import { created, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { inTurn, rolesOf } from '../v2/account-changes.ts';
import { readableRule, ruleFields, ruleId, ruleScope } from '../v2/mapping-rules.ts';

const body = z.strictObject({
  ...ruleFields.shape,
  /** empty: the rule gives roles only */
  agency: z.string().max(100),
  roles: z.array(z.enum(roles)).max(roles.length),
});

async function list({ context, reader }: Asked) {
  const rows = await allRows(context.runtime.store, 'mappingRules', ruleScope(reader), [{ field: 'name', order: 'ASC' }]);
  return ok({ items: rows.map((row) => show(context, row)) });
}

async function put(asked: Asked) {
  const key = textParam(asked, 'mappingRuleId');
  if (!ruleId.safeParse(key).success)
    throw new Problem('INVALID_ARGUMENT', 'Expected an id of letters, digits and _ @ . + -, but it is not');
  const given = parseBody(asked, body);
  const { context } = asked;
  if (given.agency !== '' && given.agency !== CITY && !context.agencies.has(given.agency))
    throw new Problem('INVALID_ARGUMENT', 'Expected the id of an agency in the register, but there is none like this');
  const row = { ...given, mappingRuleId: key, roles: [...new Set(given.roles)] };
  return inTurn(asked, async () => {
    const known = await context.runtime.store.get('mappingRules', key);
    await context.runtime.store.write([{ op: 'put', collection: 'mappingRules', key, row }]);
    return known === undefined ? created(show(context, row)) : ok(show(context, row));
  });
}

function show({ agencies }: Asked['context'], row: Row) {
  const agency = String(row['agency'] ?? '');
  return {
    mappingRuleId: row['mappingRuleId'],
    name: row['name'],
    claimName: row['claimName'],
    claimValue: row['claimValue'],
    agency,
    agencyName: agency === '' ? null : agencies.nameOf(agency),
    agencyNameEn: agency === '' ? null : agencies.nameEnOf(agency),
    roles: rolesOf(row),
  };
}

export const wholeRuleRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/mapping-rules', allow: readsAccounts, handler: list },
  {
    method: 'get',
    path: '/api/v1/mapping-rules/:mappingRuleId',
    allow: readsAccounts,
    handler: async (asked) => ok(show(asked.context, await readableRule(asked))),
  },
  { method: 'put', path: '/api/v1/mapping-rules/:mappingRuleId', allow: keepsCity, records: 'house', body, handler: put },
];
