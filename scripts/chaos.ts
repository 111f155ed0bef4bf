/**
 * `npm run chaos -- --faults 200 --cases 5000 --seed 1`: the real runtime in a process of its own, on SQLite and (where there is a
 * redis-server) BullMQ, while it is killed and stopped, Redis is killed, stopped and wiped, and the agency is slow or dead.
 * Last lines: what was lost and what was doubled. Ends with 0 only when both are 0.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { chaos } from './chaos/chaos.ts';

const { values } = parseArgs({
  options: { faults: { type: 'string', default: '200' }, cases: { type: 'string', default: '5000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const redis = spawnSync('redis-server', ['--version']).status === 0;
if (!redis) console.log('SKIPPED faults of Redis: no redis-server on this machine');
console.log(`seed ${seed}`);
const report = await chaos({ faults: Number(values.faults), cases: Number(values.cases), seed, redis, tell: console.log });
for (const [name, count] of report.faults) console.log(`${name}: ${count}`);
console.log(`acknowledged: ${report.acknowledged}`);
console.log(`cases: ${report.cases}`);
console.log(`effects: ${report.effects}`);
report.details.forEach((line) => console.log(line));
console.log(`lost: ${report.lost}`);
console.log(`doubled: ${report.doubled}`);
process.exitCode = report.lost === 0 && report.doubled === 0 ? 0 : 1;
