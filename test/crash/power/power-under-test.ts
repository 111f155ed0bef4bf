/**
 * A process whose writes are recorded. Each thing that it acknowledges it notes in the file ACK, which is recorded in the same order.
 * argv: folder, what keeps its data: `alur` (the product's store through its runtime), `full` or `normal` (SQLite by hand, with that `synchronous`).
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRuntime } from '../../../runtime/open.ts';
import { line, serviceTask } from '../../runtime/support/bpmn.ts';

const [folder = '', keeper = 'alur'] = process.argv.slice(2);
const notes = openSync(join(folder, 'ACK'), 'a');
const acknowledge = (what: string): void => void writeSync(notes, `${what}\n`);
const by = { id: 'power-test' };
/** of each round */
const [CASES, NUMBERS, LANES] = [100, 2_100, 16];

async function alur(): Promise<void> {
  const config = { databaseUrl: `file:${join(folder, 'alur.sqlite')}`, data: folder, queue: 'in-process', clock: 'real' } as const;
  const runtime = await openRuntime({ config });
  const deployed = await runtime.deploy([{ name: 'p.bpmn', text: line('p', [['stamp', serviceTask('stamp', 'stamp')]]) }], by);
  if (!deployed.ok) throw new Error(deployed.reason);
  acknowledge('deployed');
  let [cases, numbers] = [0, 0];
  const oneCase = async (): Promise<void> => {
    const started = await runtime.startInstance({ processDefinitionId: 'p', variables: { text: 'x'.repeat(300) } }, by);
    if (!started.ok) throw new Error(started.reason);
    acknowledge(`started ${started.processInstanceKey}`);
    const request = { type: 'stamp', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 5_000 };
    const [job] = await runtime.activateJobs(request, AbortSignal.timeout(10_000));
    if (job === undefined) return;
    const done = await runtime.execute(String(job.job['jobKey']), { type: 'complete-job', variables: {}, by });
    if (done.ok) acknowledge(`completed ${String(job.instance['processInstanceKey'])}`);
  };
  const lane = async (round: number): Promise<void> => {
    while (cases < CASES * round || numbers < NUMBERS * round) {
      if (cases < CASES * round) {
        cases += 1;
        await oneCase();
      }
      for (let n = 0; n < 16 && numbers < NUMBERS * round; n += 1) {
        const name = `n${(numbers += 1)}`;
        await runtime.store.write([{ op: 'put', collection: 'sequences', key: name, row: { name, value: numbers } }]);
        acknowledge(`counted ${name}`);
      }
    }
  };
  const first = logBegun();
  // until the log was moved into the file and begun again, and one round more
  for (let [round, more] = [1, 1]; more >= 0 && round < 9; round += 1) {
    await Promise.all(Array.from({ length: LANES }, async () => await lane(round)));
    await sleep(150);
    if (logBegun() !== first) more -= 1;
  }
}

/** What SQLite draws anew each time it begins its log. */
function logBegun(): string {
  return readFileSync(join(folder, 'alur.sqlite-wal')).subarray(16, 24).toString('hex');
}

function byHand(synchronous: string): void {
  const db = new DatabaseSync(join(folder, 'alur.sqlite'));
  db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous}; CREATE TABLE sequences (name TEXT PRIMARY KEY)`);
  const insert = db.prepare('INSERT INTO sequences VALUES (?)');
  for (let n = 0; n < 400; n += 1) {
    insert.run(`n${n}`);
    acknowledge(`counted n${n}`);
  }
}

if (keeper === 'alur') await alur();
else byHand(keeper);
// no proper end: nothing is closed and moved
process.kill(process.pid, 'SIGKILL');
