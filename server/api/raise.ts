/** What a clerk may do beside completing a task: raise an error or escalation that the diagram catches. */
import { z } from 'zod';
import { elementOf, english } from '../case-rows.ts';
import { keyParam, parseBody } from '../input.ts';
import { worksOnTasks } from '../policy.ts';
import { acceptedForTask } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { noContent } from '../reply.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Aimed } from '../../runtime/runtime.ts';
import type { Asked, Route } from '../route.ts';
import { readableTask, refuseOthersTask } from '../v2/user-tasks.ts';

/** `{kind, code, name, nameEn, interrupting}` of each event around the task that catches what a person may raise. */
export function raisable({ context }: Asked, task: Row) {
  const { definitions } = context.runtime;
  const ways = elementOf(definitions, task)?.raises ?? [];
  const elements = definitions.byKey(String(task['processDefinitionKey']))?.elements;
  return ways.map(({ event, ...way }) => ({ ...way, name: elements?.get(event)?.name ?? event, nameEn: english(elements?.get(event)) }));
}

// an empty code is for an event that catches every code
const code = z.string().max(1024);
const message = z.string().trim().max(2000).nullish();
const escalationBody = z.strictObject({ escalationCode: code, message });
const errorBody = z.strictObject({ errorCode: code, message });

function escalate(asked: Asked) {
  const given = parseBody(asked, escalationBody);
  return raise(asked, { kind: 'escalation', code: given.escalationCode, message: given.message });
}

function fail(asked: Asked) {
  const given = parseBody(asked, errorBody);
  return raise(asked, { kind: 'error', code: given.errorCode, message: given.message });
}

interface Raised {
  readonly kind: 'error' | 'escalation';
  readonly code: string;
  readonly message: string | null | undefined;
}

/** The reason is the one thing that a person writes into the case: as `errorMessage` or `escalationMessage`. */
async function raise(asked: Asked, { kind, code, message }: Raised) {
  refuseOthersTask(asked, await readableTask(asked));
  const said = message ? { message, variables: { [`${kind}Message`]: message } } : {};
  const aimed: Aimed = { type: 'throw-user-task', by: actorOf(asked.reader), kind, code, ...said };
  acceptedForTask(await asked.context.runtime.execute(keyParam(asked, 'userTaskKey'), aimed));
  return noContent();
}

export const raiseRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/tasks/:userTaskKey/escalation', allow: worksOnTasks, body: escalationBody, handler: escalate },
  { method: 'post', path: '/api/v1/tasks/:userTaskKey/error', allow: worksOnTasks, body: errorBody, handler: fail },
];
