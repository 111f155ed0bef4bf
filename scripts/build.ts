/** Builds the browser apps into `dist/` unless everything there is newer than every source (`--force` builds anyway). */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const sources = ['ui', 'forms', 'portal', 'inbox', 'modeler', 'console', 'engine', 'vite.config.ts', 'package-lock.json'];
const stamp = join(root, 'dist', 'assets');

/** Newest change below a path, milliseconds; 0 when there is nothing. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
const changedAt = Math.max(...sources.map((source) => newest(join(root, source))));

if (builtAt > changedAt && !process.argv.includes('--force')) {
  console.log('Browser apps are up to date.');
} else {
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  console.log('Browser apps are built.');
}
