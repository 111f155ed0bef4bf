/**
 * One scheduler among many. The lease lives in the store; who has it shows that he lives by changing his beat.
 *
 * LAW: nobody compares clocks of two machines. A lease is over when its beat has not changed for LEASE on the looker's own monotonic clock,
 *      and its holder stops leading a quarter earlier, counted on his, from before he wrote. So a clock that jumps or differs changes nothing.
 * LAW: leading is a matter of thrift. Whatever a leader does is fenced by the commit or claim that does it: a second one for a moment doubles nothing.
 */
import { randomUUID } from 'node:crypto';
import { readBaton, takeBaton } from './baton.ts';
import type { Store } from './ports.ts';

export interface Leader {
  leads(): boolean;
  /** looks once, takes over or shows that it lives */
  look(): Promise<void>;
  /** gives the lease back, so that the next one need not wait */
  stop(): Promise<void>;
}

export interface LeaderParts {
  readonly store: Pick<Store, 'get' | 'write'>;
  readonly owner: string;
  /** this process leads from now on */
  readonly elected: () => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** milliseconds; default 12,000 and 3,000 */
  readonly leaseMs?: number;
  readonly beatMs?: number;
}

const ID = 'leader-scheduler';
/** The next one leads at most LEASE + BEAT after the last one died. Milliseconds. */
export const [LEASE, BEAT] = [12_000, 3_000];

interface Hold {
  readonly token: string;
  until: number;
  beat: number;
}

export function createLeader({ store, owner, elected, log, leaseMs = LEASE, beatMs = BEAT }: LeaderParts): Leader {
  let mine: Hold | undefined;
  let seen: { readonly what: string; readonly at: number } | undefined;
  let stopped = false;
  let looking: Promise<void> | undefined;

  async function show(hold: Hold): Promise<void> {
    const asked = performance.now();
    hold.beat += 1;
    await store.write([beatOf(hold.token, { owner, beat: hold.beat })]);
    hold.until = asked + leaseMs * 0.75;
  }

  async function once(): Promise<void> {
    const asked = performance.now();
    const baton = await readBaton(store, ID);
    if (mine !== undefined && baton?.token === mine.token) return await show(mine);
    if (mine !== undefined) log('warn', `scheduler: ${owner} no longer leads`);
    mine = undefined;
    if (baton !== undefined && !(await isOver(baton.token))) return;
    const token = randomUUID();
    if (stopped || !(await takeBaton(store, { id: ID, from: baton, token, answer: { owner } }))) return;
    mine = { token, until: asked + leaseMs * 0.75, beat: 0 };
    log('info', `scheduler: ${owner} leads`);
    elected();
  }

  async function isOver(token: string): Promise<boolean> {
    const beat = (await store.get('idempotency', beatId(token)))?.['answer'] as { beat?: number; released?: boolean } | undefined;
    const what = `${token} ${beat?.beat ?? 0}`;
    if (beat?.released === true) return true;
    if (seen?.what !== what) seen = { what, at: performance.now() };
    return performance.now() - seen.at > leaseMs;
  }

  const look = async (): Promise<void> => {
    if (stopped) return;
    looking ??= once()
      .catch((error: unknown) => log('warn', `scheduler: ${String(error)}`))
      .finally(() => (looking = undefined));
    await looking;
  };
  const timer = setInterval(() => void look(), beatMs).unref();
  return {
    leads: () => mine !== undefined && performance.now() < mine.until,
    look,
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await looking;
      if (mine !== undefined) await store.write([beatOf(mine.token, { owner, released: true })]).catch(() => undefined);
      mine = undefined;
    },
  };
}

/** Does somebody lead right now? No is known after a beat and a half. */
export async function isLed(store: Pick<Store, 'get'>): Promise<boolean> {
  const look = async (): Promise<string> => {
    const baton = await readBaton(store, ID);
    const beat = baton && (await store.get('idempotency', beatId(baton.token)));
    return JSON.stringify([baton?.token, beat?.['answer']]);
  };
  const [before, begun] = [await look(), performance.now()];
  while (performance.now() - begun < BEAT * 1.5) {
    await new Promise((resolve) => setTimeout(resolve, BEAT / 10));
    if ((await look()) !== before) return true;
  }
  return false;
}

function beatId(token: string): string {
  return `${ID}/beat/${token}`;
}

/** A row of its own per holder: one who was overtaken writes where nobody looks any more. */
function beatOf(token: string, answer: object) {
  const id = beatId(token);
  return { op: 'put', collection: 'idempotency', key: id, row: { id, answer, createdAt: Date.now() } } as const;
}
