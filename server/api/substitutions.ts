/** Who stands in for whom: made by the absent person, or by whoever leads the unit. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { audit } from '../audit.ts';
import { parseBody, textParam } from '../input.ts';
import { leadsUnit, staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { isCityWide } from '../reader.ts';
import type { Reader, Role } from '../reader.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { readerOfUser } from '../sessions.ts';
import { iso } from '../v2/show.ts';

const DAY = 24 * 60 * 60_000;
const LONGEST = 366 * DAY;
/** whoever leads a unit hands on the unit's work; nobody hands on the city's administration */
const ofUnit: readonly Role[] = ['clerk', 'supervisor'];

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const username = z.string().min(1).max(200);
const wanted = z.strictObject({
  absent: username.optional(),
  substitute: username,
  roles: z
    .array(z.enum(['analyst', 'clerk', 'supervisor', 'integrator', 'operator', 'evaluator']))
    .min(1)
    .max(6),
  from: time,
  until: time,
  reason: z.string().max(500).optional(),
});

async function make(asked: Asked) {
  const { reader, context } = asked;
  const { absent = reader.username, ...given } = parseBody(asked, wanted);
  if (given.until <= given.from || given.until - given.from > LONGEST || given.until <= context.now())
    throw new Problem('INVALID_ARGUMENT', 'Expected a time of at most a year that is not over yet, but it is another');
  const [away, deputy] = await Promise.all([colleague(asked, absent), colleague(asked, given.substitute)]);
  refuse(reader, { away, deputy, roles: given.roles });
  const substitutionId = randomUUID();
  const row: Row = {
    substitutionId,
    absent,
    ...given,
    roles: [...given.roles],
    agency: away.agency,
    createdBy: reader.username,
    createdAt: context.now(),
  };
  await context.runtime.store.write([{ op: 'put', collection: 'substitutions', key: substitutionId, row }]);
  await audit(context, reader, {
    action: 'call',
    subject: `substitution ${substitutionId}: ${given.substitute} for ${absent}`,
    outcome: 'done',
  });
  return created({ ...show(row), absentName: away.name, substituteName: deputy.name });
}

/** Somebody of the own agency, or NOT_FOUND: names of other agencies' people are not told. */
async function colleague({ context, reader }: Asked, name: string): Promise<Reader> {
  const user = await context.runtime.store.get('users', name);
  const person = user && user['disabled'] !== true ? readerOfUser(user) : undefined;
  if (person?.kind !== 'staff' || (person.agency !== reader.agency && !isCityWide(reader)))
    throw new Problem('NOT_FOUND', 'Expected people of your agency, but one of the two is not');
  return person;
}

function refuse(
  reader: Reader,
  { away, deputy, roles }: { readonly away: Reader; readonly deputy: Reader; readonly roles: readonly Role[] },
): void {
  if (away.username === deputy.username || away.agency !== deputy.agency)
    throw new Problem('INVALID_ARGUMENT', 'Expected two people of one agency, but they are not');
  if (roles.some((role) => !away.roles.includes(role)))
    throw new Problem('INVALID_ARGUMENT', 'Expected roles that the absent person has, but there is another');
  if (away.username === reader.username) return;
  const unit = leadsUnit(reader) && roles.every((role) => ofUnit.includes(role));
  if (!unit) throw new Problem('FORBIDDEN', 'Expected the absent person, or whoever leads the unit, to name a substitute');
  // who could name oneself would take any colleague's roles
  if (deputy.username === reader.username) throw new Problem('FORBIDDEN', 'Expected another person to name you as a substitute');
}

function scope(reader: Reader): Filter {
  const own: readonly Filter[] = [{ absent: reader.username }, { substitute: reader.username }];
  if (!leadsUnit(reader)) return { $or: own };
  return isCityWide(reader) ? {} : { $or: [...own, { agency: reader.agency ?? '' }] };
}

async function list({ context, reader, query }: Asked) {
  const now = context.now();
  const filter: Filter = query['all'] === 'true' ? {} : { until: { $gt: now }, endedAt: { $exists: false } };
  const found = await context.runtime.store.search('substitutions', {
    filter,
    scope: scope(reader),
    sort: [{ field: 'from' }],
    limit: 500,
  });
  return ok({ items: await named(context, found.items), totalItems: found.totalItems });
}

async function readable(asked: Asked): Promise<Row> {
  const substitutionId = textParam(asked, 'substitutionId');
  const { store } = asked.context.runtime;
  const found = await store.search('substitutions', { filter: { substitutionId }, scope: scope(asked.reader), limit: 1 });
  const row = found.items[0];
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected a substitution of yours or your unit, but there is none with this id');
  return row;
}

async function end(asked: Asked) {
  const { context, reader } = asked;
  const row = await readable(asked);
  const substitutionId = String(row['substitutionId']);
  if (row['endedAt'] === undefined || row['endedAt'] === null) {
    await context.runtime.store.write([
      { op: 'patch', collection: 'substitutions', key: substitutionId, fields: { endedAt: context.now() } },
    ]);
    await audit(context, reader, { action: 'call', subject: `substitution ${substitutionId} ended`, outcome: 'done' });
  }
  return noContent();
}

/** With the names of both; somebody whose account is gone keeps the user name. */
async function named({ runtime }: Asked['context'], rows: readonly Row[]): Promise<readonly object[]> {
  const usernames = [...new Set(rows.flatMap(({ absent, substitute }) => [String(absent), String(substitute)]))];
  const names = new Map(
    await Promise.all(usernames.map(async (one) => [one, (await runtime.store.get('users', one))?.['name'] ?? one] as const)),
  );
  return rows.map((row) => ({
    ...show(row),
    absentName: names.get(String(row['absent'])),
    substituteName: names.get(String(row['substitute'])),
  }));
}

/** Whom one may name: the people of the own agency, with their roles, without the accounts that are disabled. */
async function colleagues({ context, reader }: Asked) {
  const filter: Filter = { realm: 'staff', agency: reader.agency ?? '' };
  const found = await context.runtime.store.search('users', { filter, sort: [{ field: 'name' }], limit: 1_000 });
  const people = found.items.filter(({ disabled }) => disabled !== true);
  return ok({ items: people.map(({ username: name, name: called, roles }) => ({ username: name, name: called, roles: roles ?? [] })) });
}

async function one(asked: Asked) {
  const [shown] = await named(asked.context, [await readable(asked)]);
  return ok(shown);
}

function show(row: Row): object {
  const { substitutionId, absent, substitute, agency, roles, reason, createdBy } = row;
  const times = { from: iso(row['from']), until: iso(row['until']), createdAt: iso(row['createdAt']), endedAt: iso(row['endedAt']) };
  return { substitutionId, absent, substitute, agency, roles, reason: reason ?? null, createdBy, ...times };
}

export const substitutionRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/colleagues', allow: staff, handler: colleagues },
  { method: 'get', path: '/api/v1/substitutions', allow: staff, handler: list },
  { method: 'post', path: '/api/v1/substitutions', creates: true, allow: staff, body: wanted, handler: make },
  { method: 'get', path: '/api/v1/substitutions/:substitutionId', allow: staff, handler: one },
  { method: 'delete', path: '/api/v1/substitutions/:substitutionId', allow: staff, handler: end },
];
