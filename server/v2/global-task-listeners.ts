/** Task listeners of the whole cluster: asked about the user tasks of every process, of every agency. */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { name, parseBody, shown, textParam } from '../input.ts';
import { keepsCluster, readsCluster } from '../policy.ts';
import { accepted, Problem } from '../problem.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { showTaskListener } from './show.ts';
import { taskListeners } from './tables.ts';

const eventTypes = z
  .array(z.enum(['all', 'creating', 'assigning', 'updating', 'completing', 'canceling']))
  .min(1)
  .max(10)
  // what is asked about all events needs no other word
  .transform((given) => (given.includes('all') ? ['all'] : [...new Set(given)]));
const optional = {
  retries: z.number().int().min(1).max(1000).nullish(),
  afterNonGlobal: z.boolean().nullish(),
  priority: z.number().int().min(0).max(100).nullish(),
};
const creation = z.object({ id: z.string().min(1).max(256), type: name, eventTypes, ...optional });
const update = z.object({ type: name.nullish(), eventTypes: eventTypes.nullish(), ...optional });

/** What is not said stays as it is. */
function rowOf(asked: Asked, known: Row, { id: listenerId, ...given }: z.infer<typeof update> & { readonly id: string }): Row {
  const said = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  return { ...known, listenerId, ...Object.fromEntries(said), updatedAt: asked.context.now(), updatedBy: asked.reader.username };
}

const defaults: Row = { retries: 3, afterNonGlobal: false, priority: 50, source: 'API' };

async function create(asked: Asked) {
  const given = parseBody(asked, creation);
  const row = rowOf(asked, defaults, given);
  const change = { collection: 'globalTaskListeners', key: given.id, wish: 'create', row } as const;
  return created(showTaskListener(accepted(await asked.context.runtime.changeCluster(change)).row));
}

async function change(asked: Asked) {
  const id = textParam(asked, 'id');
  const given = parseBody(asked, update);
  const row = (known: Row): Row => rowOf(asked, known, { id, ...given });
  const wanted = { collection: 'globalTaskListeners', key: id, wish: 'update', row } as const;
  return ok(showTaskListener(accepted(await asked.context.runtime.changeCluster(wanted)).row));
}

async function remove(asked: Asked) {
  const key = textParam(asked, 'id');
  accepted(await asked.context.runtime.changeCluster({ collection: 'globalTaskListeners', key, wish: 'delete' }));
  return noContent();
}

async function get(asked: Asked) {
  const id = textParam(asked, 'id');
  const row = await asked.context.runtime.store.get('globalTaskListeners', id);
  if (row === undefined) throw new Problem('NOT_FOUND', `Expected a global task listener ${shown(id)}, but there is none`);
  return ok(showTaskListener(row));
}

const one = '/v2/global-task-listeners/:id';
export const globalTaskListenerRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/global-task-listeners',
    creates: true,
    allow: keepsCluster,
    records: 'house',
    body: creation,
    handler: create,
  },
  {
    method: 'post',
    path: '/v2/global-task-listeners/search',
    allow: readsCluster,
    searches: taskListeners,
    handler: (asked) => search(asked, taskListeners, { scope: {} }),
  },
  { method: 'get', path: one, allow: readsCluster, handler: get },
  { method: 'put', path: one, allow: keepsCluster, records: 'house', body: update, handler: change },
  { method: 'delete', path: one, allow: keepsCluster, records: 'house', handler: remove },
];
