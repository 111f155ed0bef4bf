/** Talks to the running server as a program does, to bring cases to where a browser test begins. */
import type { Alur } from '../../server/start.ts';

export type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

export function passwordOf(alur: Alur, username: string): string {
  const account = alur.accounts.find((one) => one.username === username);
  if (!account) throw new Error(`Expected a demo account ${username}, but there is none`);
  return account.password;
}

/** A signed-in caller; rejects when the server refuses. */
export async function callerFor(alur: Alur, username: string): Promise<Call> {
  let cookie = '';
  const call: Call = async (method, path, body) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), cookie };
    const response = await fetch(alur.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const text = await response.text();
    if (!response.ok) throw new Error(`Expected ${method} ${path} to be accepted, but it answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  await call('POST', '/api/v1/session', { username, password: passwordOf(alur, username) });
  return call;
}

/** Submits a community Wi-Fi request and answers its reference number. */
export async function requestHotspot(citizen: Call, place: string): Promise<string> {
  const variables = {
    place,
    kelurahan: 'Oro-oro Dowo',
    latitude: -7.9666,
    longitude: 112.6304,
    expectedUsers: 150,
    reason: 'Belajar bersama',
  };
  const { reference } = (await citizen('POST', '/api/v1/applications', { processDefinitionId: 'wifi-publik', variables })) as {
    reference: string;
  };
  return reference;
}

interface TaskRow {
  readonly userTaskKey: string;
  readonly reference: string;
}

/** Waits until the clerk's unit has the task of this case. */
export async function taskOf(clerk: Call, reference: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { items } = (await clerk('GET', '/api/v1/tasks?view=unit')) as { items: readonly TaskRow[] };
    const found = items.find((task) => task.reference === reference);
    if (found) return found.userTaskKey;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Expected a task of ${reference} in the unit's list, but none came within 20 seconds`);
}
