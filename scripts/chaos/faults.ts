/** Everything that may go wrong, each as something that happens and is over when it resolves. */
import type { Fault } from '../../sandbox/index.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCases } from './clients.ts';
import type { House } from './house.ts';
import type { MongoServer } from '../../test/support/mongo-server.ts';
import type { ChaosRedis, SmallDisk } from './servers.ts';
import { pause } from './servers.ts';

export interface Strike {
  readonly name: string;
  readonly happen: () => Promise<void>;
}

export interface Grounds {
  readonly houses: readonly House[];
  readonly redis: ChaosRedis | undefined;
  readonly mongo: Pick<MongoServer, 'pid'> | undefined;
  /** and the installation that lives on it */
  readonly disk: { readonly small: SmallDisk; readonly house: House } | undefined;
  readonly random: () => number;
  /** something that must not be, although nothing is lost by it */
  readonly complain: (what: string) => void;
}

export function strikesOn({ houses, redis, mongo, disk, random, complain }: Grounds): readonly Strike[] {
  const upTo = (milliseconds: number): number => 200 + random() * milliseconds;
  const some = (): House => houses[Math.floor(random() * houses.length)] as House;
  const agency = (fault: Fault) => async (): Promise<void> => {
    const [house, id] = [some(), random() < 0.5 ? 'bapenda' : 'kpu'];
    house.sandboxes.of(id)?.setFault(fault);
    await sleep(upTo(4_000));
    house.sandboxes.of(id)?.setFault('none');
  };
  return [
    { name: 'process killed', happen: async () => await some().kill(random) },
    { name: 'process killed', happen: async () => await some().kill(random) },
    { name: 'process stopped and continued', happen: async () => await some().freeze(random, upTo(9_000)) },
    { name: 'process updated', happen: async () => await some().restart(random) },
    { name: 'agency slow', happen: agency('slow') },
    { name: 'agency dead', happen: agency('down') },
    { name: 'agency answers nonsense', happen: agency('wrong-body') },
    ...(redis === undefined ? [] : ofRedis(redis, upTo)),
    ...(mongo?.pid === undefined
      ? []
      : [{ name: 'MongoDB stopped and continued', happen: async () => await pause({ pid: mongo.pid }, upTo(4_000)) }]),
    ...(disk === undefined
      ? []
      : [{ name: 'disk full', happen: async () => await diskFull(disk, { milliseconds: upTo(3_000), complain }) }]),
  ];
}

function ofRedis(redis: ChaosRedis, upTo: (milliseconds: number) => number): readonly Strike[] {
  return [
    { name: 'Redis wiped (FLUSHALL)', happen: async () => await redis.wiped() },
    { name: 'Redis killed and back without memory', happen: async () => await redis.killed(upTo(2_500)) },
    { name: 'Redis stopped and continued', happen: async () => await redis.paused(upTo(4_000)) },
    { name: 'Redis read-only', happen: async () => await redis.readOnly(upTo(2_500)) },
  ];
}

/** What is there can be read all the while. */
async function diskFull(
  { small, house }: NonNullable<Grounds['disk']>,
  { milliseconds, complain }: { readonly milliseconds: number; readonly complain: Grounds['complain'] },
): Promise<void> {
  // whoever does not serve before it cannot be blamed on the disk
  const why = await house.everybodyServes().then(() => undefined, String);
  if (why !== undefined) return complain(`before the disk was full: ${why}`);
  const over = small.full(milliseconds + 500);
  await sleep(300);
  if ((await openCases(house)) === undefined) complain('while the disk was full, nothing could be read');
  await over;
}
