/** Programs and people who use an installation over HTTP while it storms. What was answered is noted; what was not is asked again, or given up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { diagrams } from './processes.ts';
import type { House } from './house.ts';

/** What was acknowledged. */
export interface Notes {
  /** key of the case → its invoice */
  readonly started: Map<string, string>;
  /** invoices of applications that were taken */
  readonly applied: Set<string>;
  /** key of a task or job → how often its completion was taken */
  readonly completed: Map<string, number>;
  asked: number;
}

export function createNotes(): Notes {
  return { started: new Map(), applied: new Set(), completed: new Map(), asked: 0 };
}

interface Answer {
  /** 0: none came */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const PATIENCE = 15_000;
/** milliseconds that a foreign worker may keep a job */
const LEASE = 4_000;

async function post(house: House, path: string, body: object): Promise<Answer> {
  const web = house.web();
  if (web === undefined) return { status: 0, body: {} };
  try {
    const answer = await fetch(`${web}/v2${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  } catch {
    return { status: 0, body: {} };
  }
}

export async function deploy(house: House): Promise<void> {
  const form = new FormData();
  for (const [name, text] of Object.entries(diagrams)) form.append('resources', new Blob([text]), name);
  const answer = await fetch(`${house.web() ?? ''}/v2/deployments`, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`Expected the services to be deployed, but: ${await answer.text()}`);
}

/** Some begin a case and do not know, when no answer came, whether it began; others send a message until somebody says that it was taken. */
export async function oneCase(house: House, notes: Notes, random: () => number): Promise<void> {
  const invoice = `i${(notes.asked += 1)}`;
  if (random() < 0.3) return await apply(house, notes, invoice);
  const { status, body } = await post(house, '/process-instances', { processDefinitionId: 'permit', variables: { invoice } });
  if (status === 200) notes.started.set(String(body['processInstanceKey']), invoice);
  else await sleep(200);
}

async function apply(house: House, notes: Notes, invoice: string): Promise<void> {
  const message = { name: 'application', correlationKey: invoice, messageId: invoice, timeToLive: 86_400_000, variables: { invoice } };
  for (;;) {
    const { status } = await post(house, '/messages/publication', message);
    // 409: it was taken before, and the answer was lost
    if (status === 200 || status === 409) return void notes.applied.add(invoice);
    await sleep(300);
  }
}

/** Clerks: whatever waits is completed; two may want the same. */
export async function clerk(house: House, notes: Notes): Promise<void> {
  const { body } = await post(house, '/user-tasks/search', { filter: { state: 'CREATED' }, page: { limit: 20 } });
  const tasks = (body['items'] ?? []) as readonly { readonly userTaskKey: string }[];
  for (const { userTaskKey } of tasks) {
    const { status } = await post(house, `/user-tasks/${userTaskKey}/completion`, {});
    if (status === 204) note(notes, userTaskKey);
  }
  if (tasks.length === 0) await sleep(200);
}

/** A worker outside: now and then it dies with a job in its hands, now and then it reports twice. */
export async function worker(house: House, notes: Notes, random: () => number): Promise<void> {
  const request = { type: 'outside', worker: 'chaos', timeout: LEASE, maxJobsToActivate: 10, requestTimeout: 1_000 };
  const { body } = await post(house, '/jobs/activation', request);
  const jobs = (body['jobs'] ?? []) as readonly { readonly jobKey: string }[];
  for (const { jobKey } of jobs) {
    if (random() < 0.05) continue;
    for (let reports = random() < 0.1 ? 2 : 1; reports > 0; reports -= 1) {
      const { status } = await post(house, `/jobs/${jobKey}/completion`, { variables: {} });
      if (status === 204) note(notes, jobKey);
    }
  }
  if (jobs.length === 0) await sleep(200);
}

function note({ completed }: Notes, key: string): void {
  completed.set(key, (completed.get(key) ?? 0) + 1);
}

/** Somebody reads; undefined: nobody answered. */
export async function openCases(house: House): Promise<number | undefined> {
  const { status, body } = await post(house, '/process-instances/search', { filter: { state: 'ACTIVE' }, page: { limit: 1 } });
  return status === 200 ? Number((body['page'] as { readonly totalItems: number }).totalItems) : undefined;
}
