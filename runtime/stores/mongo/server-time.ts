import type { mongo } from 'mongoose';

/** The server's clock: many machines write with it, so that none of theirs matters. */
export interface ServerTime {
  /** asks; milliseconds since 1970 */
  ask(): Promise<number>;
  /** as last asked, counted on since */
  now(): number;
}

export async function createServerTime(db: mongo.Db): Promise<ServerTime> {
  let known = { time: 0, at: 0 };
  const ask = async (): Promise<number> => {
    const told = await db.command({ hello: 1 }).catch(async () => await db.command({ isMaster: 1 }));
    const { localTime } = told;
    if (!(localTime instanceof Date)) throw new Error('Expected the server to tell its time, but it does not');
    known = { time: localTime.getTime(), at: performance.now() };
    return known.time;
  };
  await ask();
  return { ask, now: () => known.time + performance.now() - known.at };
}
