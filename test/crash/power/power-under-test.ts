/**
 * A process whose writes are recorded. Each thing that it acknowledges it notes in the file ACK, which is recorded in the same order.
 * argv: folder, what keeps its data: `alur` (the product's store through its runtime), `full` or `normal` (SQLite by hand, with that `synchronous`).
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRuntime } from '../../../runtime/open.ts';
import { line, serviceTask } from '../../runtime/support/bpmn.ts';

const [folder = '', keeper = 'alur'] = process.argv.slice(2);
const notes = openSync(join(folder, 'ACK'), 'a');
const acknowledge = (what: string): void => void writeSync(notes, `${what}\n`);
const by = { id: 'power-test' };
const [CASES, NUMBERS, LANES] = [250, 4_000, 16];

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
    const [job] = await runtime.activateJobs(
      { type: 'stamp', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 5_000 },
      AbortSignal.timeout(10_000),
    );
    if (job === undefined) return;
    const done = await runtime.execute(String(job.job['jobKey']), { type: 'complete-job', variables: {}, by });
    if (done.ok) acknowledge(`completed ${String(job.instance['processInstanceKey'])}`);
  };
  const lane = async (): Promise<void> => {
    while (cases < CASES || numbers < NUMBERS) {
      if (cases < CASES) cases += 1;
      if (cases < CASES) await oneCase();
      // so much that the log is moved into the file and started over in between
      for (let n = 0; n < 16 && numbers < NUMBERS; n += 1) {
        const name = `n${(numbers += 1)}`;
        await runtime.store.write([{ op: 'put', collection: 'sequences', key: name, row: { name, value: numbers } }]);
        acknowledge(`counted ${name}`);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
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
