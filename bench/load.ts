/**
 * Open load: a typical process (ten service tasks in a row) and a complex one, each case with 11 KB of variables, through BullMQ, on SQLite.
 * First the capacity (64 at a time), then independent arrivals at half of it: how long a case takes from when it should have begun to its end.
 *
 *   node bench/load.ts [--quick]
 */
import { inFolder, ms, percentile, quick, rate, SQLITE, tell } from './measured.ts';
import type { Measured } from './measured.ts';
import { capacity, offer, oneCase, openPlace } from './open-load.ts';
import type { Place } from './open-load.ts';

const SECONDS = quick ? 8 : 40;
const CASES = quick ? 600 : 3_000;
const kinds = [
  { process: 'ten-jobs', name: 'typical process of ten service tasks, 11 KB of variables', tasks: 10 },
  {
    process: 'complex',
    name: 'complex process (decision, parallel branches, sub-process, instance per item, called process), 11 KB of variables',
    tasks: 5,
  },
] as const;

async function measure({ runtime }: Place, { process, name, tasks }: (typeof kinds)[number]): Promise<Measured> {
  await capacity(runtime, process, 200);
  const most = await capacity(runtime, process, CASES);
  const half = most / 2;
  const { latencies, offered, completedRate } = await offer({
    rate: half,
    seconds: SECONDS,
    work: async (n) => await oneCase(runtime, process, n),
  });
  const at = (part: number): string => ms(percentile(latencies, part));
  return {
    name,
    ours: `capacity ${rate(most, 'cases')} = ${rate(most * tasks, 'jobs')}; at half of it p50 ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)} per case`,
    raw: `${rate(offered / SECONDS, 'cases')} offered, ${rate(completedRate, 'cases')} completed`,
    ratio: { value: (completedRate * SECONDS) / offered, bar: 0.98, kind: 'low' },
    settings: `${SQLITE}, BullMQ, one process with its load, ${SECONDS} s of independent arrivals; ratio: completed while they came, of offered`,
  };
}

await inFolder(async (folder) => {
  const place = await openPlace(folder);
  const results: Measured[] = [];
  for (const kind of kinds) results.push(await measure(place, kind));
  await place.close();
  tell(results);
});
