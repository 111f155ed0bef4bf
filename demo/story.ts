/** Plays one application: submits it (or finds it again) and answers whatever waits, whoever it waits for, until the case ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './person.ts';
import { say, Teller } from './tell.ts';
import type { TaskRow, Tracking } from './tracking.ts';

type Values = Readonly<Record<string, unknown>>;

export interface Story {
  readonly processDefinitionId: string;
  readonly application: Values;
  /** what the citizen answers, by the task's name */
  readonly citizen: Readonly<Record<string, Values>>;
  /** what clerks answer, by element id; may depend on what happened so far */
  readonly clerks: Readonly<Record<string, (tracking: Tracking) => Values>>;
  /** something else that happens when the case has got here; called after each look at it */
  readonly aside?: (tracking: Tracking) => Promise<void>;
}

export interface Cast {
  readonly citizen: Person;
  readonly clerks: readonly Person[];
}

/** milliseconds between two looks at the case */
const LOOK_EVERY = 250;
/** milliseconds without any change before the demo gives up */
const PATIENCE = 90_000;

export async function play(story: Story, cast: Cast, key: string): Promise<Tracking> {
  const reference = await submit(story, cast.citizen, key);
  say(`  Nomor permohonan: ${reference}`);
  const teller = new Teller();
  let changedAt = Date.now();
  let seen = '';
  for (;;) {
    const tracking = await cast.citizen.get<Tracking>(`/api/v1/applications/${reference}`);
    teller.tell(tracking);
    if (tracking.state !== 'active') return tracking;
    await story.aside?.(tracking);
    const now = JSON.stringify([tracking.timeline, tracking.tasks]);
    if (now !== seen) changedAt = Date.now();
    seen = now;
    if (Date.now() - changedAt > PATIENCE)
      throw new Error(`Expected ${reference} to go on, but nothing has happened for ${PATIENCE / 1000} s`);
    if (!(await answerOne(story, cast, tracking))) await sleep(LOOK_EVERY);
  }
}

/** Sent again until it is taken: a submission that was cut off by a crash is held for a while before it may be repeated. */
async function submit({ processDefinitionId, application }: Story, citizen: Person, key: string): Promise<string> {
  for (const until = Date.now() + PATIENCE; ; await sleep(1_000)) {
    const body = { processDefinitionId, variables: application };
    const reply = await citizen.send<{ reference: string }>('POST', '/api/v1/applications', { body, key, also: [409] });
    if (reply.status !== 409) return reply.body.reference;
    if (Date.now() > until) throw new Error('Expected the application to be taken, but it is still held');
  }
}

/** True when somebody did something. One answer per look, so that each next one sees its effect. */
async function answerOne(story: Story, cast: Cast, tracking: Tracking): Promise<boolean> {
  const [own] = tracking.tasks;
  if (own !== undefined) {
    say(`                  ${cast.citizen.name} (warga) mengerjakan: ${own.name}`);
    const path = `/api/v1/applications/${tracking.reference}/tasks/${own.userTaskKey}/completion`;
    await cast.citizen.send('POST', path, { body: { variables: story.citizen[own.name] ?? {} }, also: [409] });
    return true;
  }
  for (const clerk of cast.clerks) {
    const task = await taskOf(clerk, tracking.reference);
    if (task !== undefined) return answer({ story, tracking, clerk, task });
  }
  return false;
}

async function taskOf(clerk: Person, reference: string): Promise<TaskRow | undefined> {
  for (const view of ['unit', 'mine']) {
    const { items } = await clerk.get<{ items: readonly TaskRow[] }>(
      `/api/v1/tasks?view=${view}&q=${encodeURIComponent(reference)}&limit=50`,
    );
    const found = items.find((item) => item.reference === reference && (item.assignee === null || item.assignee === clerk.username));
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Turn {
  readonly story: Story;
  readonly tracking: Tracking;
  readonly clerk: Person;
  readonly task: TaskRow;
}

async function answer({ story, tracking, clerk, task }: Turn): Promise<boolean> {
  const variables = story.clerks[task.elementId]?.(tracking) ?? {};
  say(
    `                  ${clerk.name} (${clerk.username}) mengerjakan: ${task.name}${'decision' in variables ? ` → ${String(variables['decision'])}` : ''}`,
  );
  if (task.assignee === null)
    await clerk.send('POST', `/v2/user-tasks/${task.userTaskKey}/assignment`, { body: { assignee: clerk.username }, also: [409] });
  await clerk.send('POST', `/v2/user-tasks/${task.userTaskKey}/completion`, { body: { variables }, also: [409] });
  return true;
}
