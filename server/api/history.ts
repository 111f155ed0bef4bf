/** What was done to a case: every command, who gave it, and what happened at which step. Values of variables never leave this way. */
import type { Event } from '../../engine/terms.ts';
import type { Row } from '../../runtime/collections.ts';
import { allRows } from '../all-rows.ts';
import { readableCase } from '../case-reads.ts';
import { ownsCase, seenNames } from '../case-sight.ts';
import { elementOf, english } from '../case-rows.ts';
import { keyParam } from '../input.ts';
import { repairs } from '../policy.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';
import { instanceKeyOf, keyOf } from '../../engine/keys.ts';

const MOST = 1000;
/** the machine's own book-keeping is no news to anybody */
const quiet = new Set<Event['t']>(['internal', 'flow-taken']);

async function history(asked: Asked) {
  const root = await readableCase(asked, keyParam(asked, 'processInstanceKey'));
  const key = instanceKeyOf(String(root['processInstanceKey']));
  const { store, definitions } = asked.context.runtime;
  const [commits, elements] = await Promise.all([store.events(key), allRows(store, 'elementInstances', { processInstanceKey: key })]);
  const seen = seenNames(asked.reader, definitions.byKey(String(root['processDefinitionKey'])));
  const named = (name: string) => (ownsCase(asked.reader, root) || seen.has(name) ? { name } : {});
  const byKey = new Map(elements.map((row) => [row['elementInstanceKey'], row]));
  const items = commits.slice(-MOST).map(({ version, at, audit, events }) => ({
    version,
    at: iso(at),
    command: audit.command,
    by: audit.by,
    agency: audit.agency ?? null,
    onBehalfOf: audit.onBehalfOf ?? null,
    reason: audit.reason ?? null,
    events: events
      .filter(({ t }) => !quiet.has(t))
      .map((event) => {
        const row = stepOf(event, { key, byKey });
        const element = row && elementOf(definitions, row);
        return {
          event: event.t,
          step: element?.name || null,
          stepEn: english(element),
          ...(event.t === 'variable-set' && named(event.name)),
        };
      }),
  }));
  return ok({ items, totalItems: commits.length });
}

interface Known {
  readonly key: string;
  readonly byKey: ReadonlyMap<unknown, Row>;
}

/** the element instance that an event is about, where it names one */
function stepOf(event: Event, { key, byKey }: Known): Row | undefined {
  const n = 'el' in event ? event.el : event.t.startsWith('element-') && 'n' in event ? event.n : undefined;
  return typeof n === 'number' ? byKey.get(keyOf(key, n)) : undefined;
}

export const historyRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/cases/:processInstanceKey/history', allow: repairs, handler: history },
];
