/**
 * `npm run doctor`: opens the store that the environment names and prints every broken invariant with what to do. Reads only.
 * `npm run doctor -- --repair`: also does again what is left over, from the store (jobs to the queue, outbox, due timers).
 * Ends with 0 when nothing is wrong, 1 when something is, 2 when it could not look.
 */
import { readConfig } from '../runtime/config.ts';
import { examine } from './doctor/examine.ts';
import { repair } from './doctor/repair.ts';

async function main(): Promise<number> {
  const answer = readConfig(process.env);
  if (!answer.ok) {
    answer.faults.forEach((fault) => console.error(fault));
    return 2;
  }
  const repairing = process.argv.includes('--repair');
  if (repairing) await repair(answer.config, console.log);
  const { lines, broken } = await examine(answer.config);
  lines.forEach((line) => console.log(line));
  console.log(broken === 0 ? 'healthy' : `${broken} broken`);
  return broken === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Expected to look at the store, but: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
