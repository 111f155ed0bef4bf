/**
 * Five minutes (`--quick`: 20 s) of the typical process at 40 % of its capacity: memory and backlog must not grow.
 * Memory is what is left after a collection of garbage, every ten seconds: what the process has from the system depends on when V8 found it worth its while.
 *
 *   node bench/sustained.ts [--quick]
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inFolder, ms, percentile, quick, rate, SQLITE, tell } from './measured.ts';
import { capacity, offer, oneCase, openPlace } from './open-load.ts';

const SECONDS = quick ? 20 : 300;
const PROCESS = 'ten-jobs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** median of the last third over median of the second: the first third is for warming up */
function growth(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  return percentile(values.slice(-third), 0.5) / percentile(values.slice(third, 2 * third), 0.5);
}

async function bench(folder: string): Promise<void> {
  const { runtime, close } = await openPlace(folder);
  await capacity(runtime, PROCESS, 200);
  const most = await capacity(runtime, PROCESS, quick ? 600 : 2_000);
  const [memory, backlog]: [number[], number[]] = [[], []];
  const { latencies, offered, completedRate } = await offer({
    rate: most * 0.4,
    seconds: SECONDS,
    work: async (n) => await oneCase(runtime, PROCESS, n),
    sample: (second, open) => {
      backlog.push(open);
      if (second % (quick ? 1 : 10) !== 0) return;
      collect();
      memory.push(process.memoryUsage().heapUsed / 2 ** 20);
    },
  });
  const system = Math.round(process.memoryUsage.rss() / 2 ** 20);
  await close();
  const middle = (values: readonly number[]): string => percentile(values, 0.5).toFixed(0);
  const third = Math.floor(memory.length / 3);
  const settings = `${SQLITE}, BullMQ, one process with its load, ${SECONDS} s at 40 % of the capacity; median of the last third over that of the second`;
  tell([
    {
      name: 'sustained: memory in use',
      ours: `${middle(memory.slice(third, 2 * third))} MB, then ${middle(memory.slice(-third))} MB (${system} MB from the system at the end); ${rate(completedRate, 'cases')} of ten jobs, p50 ${ms(percentile(latencies, 0.5))}, p99 ${ms(percentile(latencies, 0.99))}`,
      raw: `${rate(offered / SECONDS, 'cases')} offered`,
      ratio: { value: growth(memory), bar: 1.1, kind: 'high' },
      settings,
    },
    {
      name: 'sustained: cases that had begun and not ended',
      ours: `${middle(backlog.slice(third, 2 * third))}, then ${middle(backlog.slice(-third))}, at most ${Math.max(...backlog)}`,
      ratio: { value: growth(backlog), bar: 1.5, kind: 'high' },
      settings,
    },
  ]);
}

await inFolder(bench);
