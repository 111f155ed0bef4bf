import { z } from 'zod';
import { json, parseBody, textParam } from '../input.ts';
import { signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';

const MAX_BYTES = 256 * 1024;

/** Each person's drafts are under the person's own name: nobody can address another's. */
function keyOf(asked: Asked): { readonly draftKey: string; readonly key: string } {
  const draftKey = textParam(asked, 'draftKey');
  if (!/^(task-\d{1,19}|service-[\w.-]{1,200})$/.test(draftKey))
    throw new Problem('INVALID_ARGUMENT', 'Expected a draft named task-<key> or service-<id>, but it is named otherwise');
  return { draftKey, key: `${asked.reader.username}/${draftKey}` };
}

const saveBody = z.object({ values: z.record(z.string().max(256), json) });
async function save(asked: Asked) {
  const { draftKey, key } = keyOf(asked);
  const { values } = parseBody(asked, saveBody);
  if (JSON.stringify(values).length > MAX_BYTES)
    throw new Problem('BODY_TOO_LARGE', `Expected a draft of at most ${MAX_BYTES} bytes, but it is larger`);
  const row = { draftKey, username: asked.reader.username, savedAt: asked.context.now(), values };
  await asked.context.runtime.store.write([{ op: 'put', collection: 'drafts', key, row }]);
  return ok({ savedAt: iso(row.savedAt) });
}

async function load(asked: Asked) {
  const row = await asked.context.runtime.store.get('drafts', keyOf(asked).key);
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected a draft, but none was saved');
  return ok({ values: row['values'], savedAt: iso(row['savedAt']) });
}

async function remove(asked: Asked) {
  await asked.context.runtime.store.write([{ op: 'delete', collection: 'drafts', key: keyOf(asked).key }]);
  return noContent();
}

export const draftRoutes: readonly Route[] = [
  { method: 'put', path: '/api/v1/drafts/:draftKey', allow: signedIn, body: saveBody, handler: save },
  { method: 'get', path: '/api/v1/drafts/:draftKey', allow: signedIn, handler: load },
  { method: 'delete', path: '/api/v1/drafts/:draftKey', allow: signedIn, handler: remove },
];
