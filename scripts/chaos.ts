/**
 * `npm run chaos -- --faults 200 --cases 5000 --seed 1`: several processes of the product with their HTTP servers, on SQLite and on MongoDB, with one
 * Redis and the agencies' sandboxes, while processes are killed, stopped and updated, Redis is killed, stopped, wiped and read-only, MongoDB is
 * stopped, the disk is full, and agencies are slow, dead or answer nonsense. Last lines: what was lost and what was doubled.
 * Ends with 0 only when both are 0. ALUR_CHAOS_KEEP=1 keeps the folder with the processes' logs.
 */
import { parseArgs } from 'node:util';
import { chaos } from './chaos/chaos.ts';
import { reportLines } from './chaos/report.ts';

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '200' },
    cases: { type: 'string', default: '5000' },
    seed: { type: 'string' },
    small: { type: 'boolean', default: false },
  },
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}`);
const report = await chaos({ faults: Number(values.faults), cases: Number(values.cases), seed, small: values.small, tell: console.log });
reportLines(report).forEach((line) => console.log(line));
process.exit(report.lost === 0 && report.doubled === 0 && report.complaints.length === 0 ? 0 : 1);
