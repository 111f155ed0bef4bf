/**
 * `npm run audit:verify`: reads every audit chain of the store that the environment names and prints each break. Reads only; the server may be running.
 * Ends with 0 when all chains hold, 1 when one is broken, 2 when it could not look.
 */
import { verifyAudit } from '../runtime/audit-verify.ts';
import { readConfig } from '../runtime/config.ts';
import { openToRead } from './open-to-read.ts';

async function main(): Promise<number> {
  const answer = readConfig(process.env);
  if (!answer.ok) throw new Error(answer.faults.join('; '));
  const store = await openToRead(answer.config);
  try {
    const { chains, records, unsealed, broken } = await verifyAudit(store);
    broken.forEach((line) => console.log(line));
    console.log(`${records} records in ${chains} chains${unsealed === 0 ? '' : `, ${unsealed} from before there were chains`}`);
    console.log(broken.length === 0 ? 'every chain holds' : `${broken.length} broken`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await store.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Expected to read the audit, but: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
