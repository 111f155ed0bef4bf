/** Child of http.ts: sends requests from a process of its own. Arguments: a JSON text of `Order`. Prints a JSON text of `Answer`. */
import { Pool } from 'undici';
import { flood } from './measured.ts';

export interface Order {
  readonly url: string;
  readonly total: number;
  readonly inFlight: number;
  readonly cookie?: string;
  /** what one piece of work is: one POST to `/`, start, claim and complete, or a GET that tells who asks */
  readonly kind: 'one-row' | 'user-task' | 'who';
  readonly username?: string;
  /** local number of the task's key inside its instance */
  readonly task?: number;
}
export interface Answer {
  readonly milliseconds: number;
  readonly requests: number;
  readonly each: readonly number[];
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const pool = new Pool(order.url, { connections: order.inFlight, pipelining: 1 });
const headers = { 'content-type': 'application/json', ...(order.cookie === undefined ? {} : { cookie: order.cookie }) };

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`Expected ${path} to succeed, but it answers ${answer.statusCode}: ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function userTask(): Promise<void> {
  const started = (await post('/v2/process-instances', { processDefinitionId: 'one-task', variables: { applicant: 'x', amount: 5 } })) as {
    readonly processInstanceKey: string;
  };
  const key = (BigInt(started.processInstanceKey) + BigInt(order.task ?? 0)).toString();
  await post(`/v2/user-tasks/${key}/assignment`, { assignee: order.username, allowOverride: false });
  await post(`/v2/user-tasks/${key}/completion`, { variables: { approved: true } });
}

async function who(): Promise<void> {
  const answer = await pool.request({ path: '/v2/authentication/me', method: 'GET', headers });
  if (answer.statusCode !== 200) throw new Error(`Expected to be known, but the answer is ${answer.statusCode}`);
  await answer.body.dump();
}

const kinds = { 'user-task': userTask, 'one-row': async () => await post('/', { variables: { approved: true } }), who };
const work = kinds[order.kind];
const { milliseconds, each } = await flood(order.total, order.inFlight, work);
process.stdout.write(JSON.stringify({ milliseconds, each, requests: order.total * (order.kind === 'user-task' ? 3 : 1) } satisfies Answer));
await pool.close();
