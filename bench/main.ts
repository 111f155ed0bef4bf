/** `npm run bench`: every program of this folder, one after the other; each prints its ratios measured in one run. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const programs = ['engine.ts', 'feel.ts', 'analysis.ts'];
let failed = 0;
for (const program of programs) {
  console.log(`\n▸ bench/${program}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, program)], { stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
if (failed > 0) {
  console.error(`${failed} of ${programs.length} programs failed.`);
  process.exit(1);
}
