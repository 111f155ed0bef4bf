/** A whole server on a free port, in memory, with people of every kind. Nothing in it is a stand-in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { accountRow } from '../../server/accounts.ts';
import { createApp } from '../../server/app.ts';
import type { AppOptions } from '../../server/app.ts';
import { CITY } from '../../server/reader.ts';
import { hashPassword } from '../../server/sign-ins.ts';
import type { Person } from '../../server/demo-accounts.ts';
import { callerOf } from '../support/caller.ts';
import type { Caller, Answer } from '../support/caller.ts';

export { callerOf };
export type { Answer, Caller };

export const password = 'correct horse battery';
/** slow on purpose, so once for everybody */
export const hashed = hashPassword(password);
export const agencies = [
  { agencyId: 'alpha', name: 'Dinas Alpha', nameEn: 'Alpha Office', kind: 'agency' },
  { agencyId: 'beta', name: 'Dinas Beta', nameEn: 'Beta Office', kind: 'agency' },
] as const;

const people: readonly Person[] = [
  { username: 'warga', name: 'Siti Rahmawati', realm: 'citizen', roles: [] },
  { username: 'warga2', name: 'Bambang', realm: 'citizen', roles: [] },
  { username: 'clerk.alpha', name: 'Andi', realm: 'staff', agency: 'alpha', roles: ['clerk'] },
  { username: 'clerk2.alpha', name: 'Anita', realm: 'staff', agency: 'alpha', roles: ['clerk'] },
  { username: 'lead.alpha', name: 'Arif', realm: 'staff', agency: 'alpha', roles: ['supervisor'] },
  { username: 'clerk.beta', name: 'Budi', realm: 'staff', agency: 'beta', roles: ['clerk'] },
  { username: 'analyst', name: 'Cita', realm: 'staff', agency: 'alpha', roles: ['analyst'] },
  { username: 'integrator', name: 'Dian', realm: 'staff', agency: CITY, roles: ['integrator'] },
  { username: 'operator', name: 'Eka', realm: 'staff', agency: CITY, roles: ['operator'] },
  { username: 'evaluator', name: 'Fajar', realm: 'staff', agency: CITY, roles: ['evaluator'] },
  { username: 'admin', name: 'Gita', realm: 'staff', agency: CITY, roles: ['admin'] },
];

export interface House {
  readonly url: string;
  readonly runtime: Runtime;
  readonly nobody: Caller;
  as(username: string): Promise<Caller>;
  deploy(caller: Caller, files: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

/** `options` as a function: made for the address that the house really has, which is its public one too */
export async function openHouse(
  options: Partial<AppOptions> | ((url: string) => Partial<AppOptions> | Promise<Partial<AppOptions>>) = {},
  storeUrl: (folder: string) => string = () => 'memory:',
): Promise<House> {
  const data = mkdtempSync(join(tmpdir(), 'alur-server-'));
  const databaseUrl = storeUrl(data);
  const runtime = await openRuntime({
    config: { databaseUrl, queue: 'in-process', clock: 'controllable', data, mongoStandalone: true },
    shared: false,
  });
  const passwordHash = await hashed;
  await runtime.store.write(
    people.map((person) => ({ op: 'put', collection: 'users', key: person.username, row: accountRow(person, passwordHash) })),
  );
  const server = createServer((request, response) => app(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = typeof options === 'function' ? await options(url) : options;
  const config = {
    auth: 'session',
    clock: 'controllable',
    publicUrl: typeof options === 'function' ? url : 'http://localhost:8080',
  } as const;
  const app = createApp({ runtime, config, agencies, ...made });
  const nobody = callerOf(url, {});
  const callers = new Map<string, Caller>();
  return {
    url,
    runtime,
    nobody,
    async as(username) {
      const known = callers.get(username);
      if (known) return known;
      const signedIn = await nobody('POST', '/api/v1/session', { username, password });
      const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const caller = callerOf(url, { cookie });
      callers.set(username, caller);
      return caller;
    },
    deploy(caller, files) {
      const form = new FormData();
      for (const [name, text] of Object.entries(files)) form.append('resources', new Blob([text]), name);
      return caller('POST', '/v2/deployments', form);
    },
    async close() {
      app.closeEvents();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await runtime.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
