/** Two installations, one on SQLite and one on MongoDB, on one Redis, with agencies and users, through a storm of faults. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../runtime/ports.ts';
import { startMongoServer } from '../../test/support/mongo-server.ts';
import type { MongoServer } from '../../test/support/mongo-server.ts';
import { openToRead } from '../open-to-read.ts';
import { clerk, createNotes, deploy, oneCase, openCases, worker } from './clients.ts';
import type { Notes } from './clients.ts';
import { strikesOn } from './faults.ts';
import { House } from './house.ts';
import { judge } from './ledger.ts';
import type { Verdict } from './ledger.ts';
import { hasRedis, mountSmallDisk, startRedis } from './servers.ts';
import type { ChaosRedis, SmallDisk } from './servers.ts';

export interface ChaosOptions {
  readonly faults: number;
  /** of both installations together, called ones not counted; more are begun while it storms */
  readonly cases: number;
  readonly seed: number;
  /** as few processes as can still take over from each other */
  readonly small?: boolean;
  readonly tell: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly faults: ReadonlyMap<string, number>;
  /** by installation */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** what could not be tried here, and why */
  readonly skipped: readonly string[];
  /** what must not be, although nothing is lost by it */
  readonly complaints: readonly string[];
  readonly lost: number;
  readonly doubled: number;
}

interface Place {
  readonly house: House;
  /** of all cases */
  readonly share: number;
  readonly notes: Notes;
  readonly databaseUrl: string;
}

interface Ground {
  readonly folder: string;
  readonly redis: ChaosRedis | undefined;
  readonly mongo: MongoServer | undefined;
  readonly disk: SmallDisk | undefined;
  readonly skipped: readonly string[];
}

const [STARTERS, DISK] = [4, 900];

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const ground = await prepare();
  const places: Place[] = [];
  try {
    for (const plan of plansOn(ground, options.small === true)) {
      const house = await House.open(plan);
      places.push({ house, share: plan.share, notes: createNotes(), databaseUrl: plan.databaseUrl });
      await deploy(house);
      options.tell(`${plan.name}: ${plan.roles.length} processes serve (${plan.roles.join(' | ')})`);
    }
    const { faults, complaints } = await storm(ground, places, options);
    options.tell('the storm is over');
    return await calm(places, { options, ground, faults, complaints });
  } finally {
    await Promise.all(places.map(async ({ house }) => await house.abandon()));
    await ground.redis?.stop();
    ground.mongo?.stop();
    ground.disk?.stop();
    if (process.env['ALUR_CHAOS_KEEP'] === undefined) rmSync(ground.folder, { recursive: true, force: true });
  }
}

async function prepare(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-chaos-'));
  const redis = hasRedis() ? await startRedis(folder) : undefined;
  const mongo = await startMongoServer();
  const disk = mountSmallDisk(join(folder, 'disk'), DISK);
  const skipped = [
    ...(redis
      ? []
      : ['faults of Redis, and the installation on MongoDB: no redis-server on this machine (Debian: apt-get install redis-server)']),
    ...(mongo ? [] : ['the installation on MongoDB: no server that speaks its protocol (bash scripts/mongo-server.sh)']),
    ...(disk ? [] : ['disk full: this user may not mount a small file system (run it as root)']),
  ];
  return { folder, redis, mongo, disk, skipped };
}

function plansOn({ folder, redis, mongo, disk }: Ground, small: boolean) {
  const all = 'web,worker,scheduler';
  const at = disk?.folder ?? folder;
  const sqlite = {
    name: 'sqlite',
    share: 1,
    databaseUrl: `file:${join(at, 'alur.sqlite')}`,
    folder,
    roles: [all],
    ...(redis && { redisUrl: `${redis.url}/1` }),
  };
  if (redis === undefined || mongo === undefined) return [sqlite];
  const roles = small ? [all, all] : ['web', 'web', 'worker', 'worker', 'scheduler', 'scheduler'];
  const databaseUrl = mongo.database(`chaos${process.pid}`);
  // the test server looks at every document for most of what it is asked: it slows down with each case
  const share = small ? 0.5 : 0.15;
  return [
    { ...sqlite, share: 1 - share },
    { name: 'mongo', share, databaseUrl, folder, roles, redisUrl: `${redis.url}/2` },
  ];
}

async function storm(ground: Ground, places: readonly Place[], { faults, cases, seed, tell }: ChaosOptions) {
  const random = dice(seed);
  const complaints: string[] = [];
  const [sqlite] = places;
  const disk = ground.disk && sqlite ? { small: ground.disk, house: sqlite.house } : undefined;
  const grounds = {
    houses: places.map(({ house }) => house),
    redis: ground.redis,
    mongo: ground.mongo,
    disk,
    random,
    complain: (what: string) => void complaints.push(what),
  };
  const strikes = strikesOn(grounds);
  const counts = new Map<string, number>();
  let raging = true;
  let fallen = 0;
  const goalOf = ({ share }: Place): number => Math.ceil(cases * share);
  const going = (place: Place): boolean => raging || place.notes.asked < goalOf(place);
  const starting = places.flatMap((place) =>
    Array.from(
      { length: STARTERS },
      async () =>
        await starter(
          place,
          () => going(place),
          () => (goalOf(place) * 1.5 * (fallen + 1)) / faults,
        ),
    ),
  );
  const stopHelping = helpers(places);
  for (let fault = 0; fault < faults; fault += 1) {
    // each once first, then at random
    const strike = strikes[fault < strikes.length ? fault : Math.floor(random() * strikes.length)];
    if (strike === undefined) break;
    await strike.happen();
    counts.set(strike.name, (counts.get(strike.name) ?? 0) + 1);
    fallen = fault + 1;
    await sleep(random() * 600);
    if (fault % 10 === 9)
      tell(
        `${fault + 1} faults; ${places.map(({ house, notes }) => `${house.name}: ${notes.asked} asked, ${notes.started.size + notes.applied.size} acknowledged`).join('; ')}`,
      );
  }
  raging = false;
  await Promise.all(starting);
  await settled(places, tell);
  await stopHelping();
  return { faults: counts, complaints };
}

/** `most`: the cases are spread over the storm, so that each fault meets work; half as many again as the goal, so that a storm of few faults ends. */
async function starter({ house, notes }: Place, going: () => boolean, most: () => number): Promise<void> {
  while (going()) {
    if (notes.asked >= most()) await sleep(100);
    else await oneCase(house, notes, Math.random);
  }
}

/** Clerks and foreign workers, until nobody needs them. */
function helpers(places: readonly Place[]): () => Promise<void> {
  let needed = true;
  const help = places.flatMap(({ house, notes }) =>
    [async () => await clerk(house, notes), async () => await worker(house, notes, Math.random)].map(async (work) => {
      while (needed) await work();
    }),
  );
  return async () => {
    needed = false;
    await Promise.all(help);
  };
}

/** Everything that was begun comes to its end, without anybody's help but that of clerks and workers. */
async function settled(places: readonly Place[], tell: (line: string) => void): Promise<void> {
  for (const { house } of places) {
    await house.everybodyServes();
    let open: number | undefined;
    for (const until = Date.now() + 600_000; Date.now() < until; await sleep(500)) {
      open = await openCases(house);
      if (open === 0) break;
    }
    tell(`${house.name}: ${open ?? 'unknown many'} cases are still open`);
  }
}

interface Over {
  readonly options: ChaosOptions;
  readonly ground: Ground;
  readonly faults: ReadonlyMap<string, number>;
  readonly complaints: readonly string[];
}

async function calm(places: readonly Place[], { options, ground, faults, complaints }: Over): Promise<ChaosReport> {
  const verdicts = new Map<string, Verdict>();
  for (const { house, notes, databaseUrl } of places) {
    await house.close();
    const store: Store = await openToRead({ databaseUrl, mongoStandalone: true });
    verdicts.set(house.name, await judge(store, notes, house.sandboxes));
    await store.close();
  }
  const sum = (of: (verdict: Verdict) => number): number => [...verdicts.values()].reduce((all, verdict) => all + of(verdict), 0);
  return {
    seed: options.seed,
    faults,
    verdicts,
    skipped: ground.skipped,
    complaints,
    lost: sum(({ lost }) => lost.length),
    doubled: sum(({ doubled }) => doubled.length),
  };
}

/** Park and Miller's generator */
function dice(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
