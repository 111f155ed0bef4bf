/** One installation: several processes of the product as an operator starts them, on one store, with the agencies' sandboxes beside them. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandboxes } from '../../sandbox/index.ts';
import type { Sandboxes } from '../../sandbox/index.ts';
import { end, freePort, isRunning, owned, pause } from './servers.ts';

const top = resolve(import.meta.dirname, '../..');

export interface HousePlan {
  readonly name: string;
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  /** of the logs, and of what each process keeps */
  readonly folder: string;
  /** of each process; a word as in ALUR_ROLES */
  readonly roles: readonly string[];
}

interface Member {
  readonly name: string;
  readonly roles: string;
  readonly port: number;
  child?: ChildProcess;
  /** it is being restarted on purpose, or for good over */
  resting: boolean;
}

export class House {
  readonly #plan: HousePlan;
  readonly #members: readonly Member[];
  readonly sandboxes: Sandboxes;
  #over = false;

  private constructor(plan: HousePlan, members: readonly Member[], sandboxes: Sandboxes) {
    this.#plan = plan;
    this.#members = members;
    this.sandboxes = sandboxes;
  }

  /** Resolves when every process serves. */
  static async open(plan: HousePlan): Promise<House> {
    const members: Member[] = [];
    for (const [index, roles] of plan.roles.entries())
      members.push({ name: `${plan.name}-${index + 1}-${roles.split(',')[0] ?? ''}`, roles, port: await freePort(), resting: false });
    // an agency's late answer goes to whichever process serves
    const announced = (): string | undefined => house.web() && `${house.web()}/v2/messages/publication`;
    const folder = join(top, 'processes', 'agencies');
    const sandboxes = await startSandboxes({ folder, messageUrl: announced, laterMs: 200, slowMs: 3_000, retryAfter: 1 });
    const house = new House(plan, members, sandboxes);
    // the first one makes the schema
    for (const member of members) {
      house.#live(member);
      await house.#serves(member);
    }
    return house;
  }

  get name(): string {
    return this.#plan.name;
  }

  /** Address of some process that serves, each time another one; undefined: none does. */
  web(): string | undefined {
    const serving = this.#members.filter(({ roles, child }) => roles.includes('web') && child !== undefined && isRunning(child));
    const one = serving[Math.floor(Math.random() * serving.length)];
    return one && `http://127.0.0.1:${one.port}`;
  }

  /** Ended by force in the middle of whatever it does; it is started again at once. */
  async kill(random: () => number): Promise<void> {
    const member = this.#one(random);
    await end(member.child);
    this.#live(member);
  }

  /** Told to stop, as in an update; started again when it has. */
  async restart(random: () => number): Promise<void> {
    const member = this.#one(random);
    member.resting = true;
    await end(member.child, 'SIGTERM');
    member.resting = false;
    this.#live(member);
  }

  async freeze(random: () => number, milliseconds: number): Promise<void> {
    const { child } = this.#one(random);
    if (child) await pause(child, milliseconds);
  }

  async everybodyServes(): Promise<void> {
    for (const member of this.#members) await this.#serves(member);
  }

  /** Proper ends, so that nothing is left to anybody. */
  async close(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#members.map(async ({ child }) => await end(child, 'SIGTERM')));
    await this.sandboxes.close();
  }

  async abandon(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#members.map(async ({ child }) => await end(child)));
    await this.sandboxes.close();
  }

  #one(random: () => number): Member {
    const member = this.#members[Math.floor(random() * this.#members.length)];
    if (member === undefined) throw new Error('Expected an installation to have processes, but it has none');
    return member;
  }

  #live(member: Member): void {
    const { folder, databaseUrl, redisUrl } = this.#plan;
    const data = join(folder, member.name);
    mkdirSync(data, { recursive: true });
    const agencies = this.sandboxes.agencies.map(({ agencyId, url }) => [
      `ALUR_AGENCY_${agencyId.toUpperCase().replaceAll('-', '_')}_URL`,
      url,
    ]);
    const child = spawn(process.execPath, [join(top, 'server/main.ts')], {
      cwd: top,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ALUR_') && name !== 'NODE_OPTIONS')),
        ...Object.fromEntries(agencies),
        PORT: String(member.port),
        HOST: '127.0.0.1',
        ALUR_AUTH: 'none',
        ALUR_DATA: data,
        ALUR_SANDBOX: 'false',
        ALUR_SECRET: 'a secret that all processes of this storm share',
        ALUR_MONGO_STANDALONE: 'true',
        ALUR_ROLES: member.roles,
        DATABASE_URL: databaseUrl,
        ...(redisUrl === undefined ? { ALUR_QUEUE: 'in-process' } : { REDIS_URL: redisUrl }),
      },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => appendFileSync(join(folder, `${member.name}.log`), text));
    member.child = owned(child);
    // whoever keeps processes alive starts it again
    child.once('exit', () => setTimeout(() => this.#over || member.resting || member.child !== child || this.#live(member), 300).unref());
  }

  async #serves({ port, name }: Member): Promise<void> {
    for (const until = Date.now() + 120_000; Date.now() < until; await sleep(100)) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (answer?.ok === true) return;
    }
    throw new Error(`Expected process ${name} to serve within two minutes, but it does not`);
  }
}
