import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource, Runtime } from '../runtime/runtime.ts';

const deployable = /\.(bpmn|dmn|form)$/;

/**
 * Deploys each folder of `processes/` when it is new or has changed since it was deployed last. What an analyst published in between
 * stays the latest version until the shipped folder itself changes. A refused folder is told and skipped: the others still work.
 */
export async function deployShipped(runtime: Runtime, folder: string, log: (line: string) => void): Promise<void> {
  for (const name of foldersIn(folder)) {
    const resources = resourcesIn(join(folder, name));
    if (resources.length === 0) continue;
    const mark = `shipped/${name}/${checksum(resources)}`;
    if ((await runtime.store.get('sequences', mark)) !== undefined) continue;
    const answer = await runtime.deploy(resources, { id: 'alur', reason: 'shipped' });
    if (answer.ok) {
      await runtime.store.write([{ op: 'put', collection: 'sequences', key: mark, row: { name: mark, value: 1 } }]);
      log(`Deployed ${name}`);
    } else {
      const problems = (answer.problems ?? []).map(({ resource, elementId, message }) => `\n  ${resource} ${elementId ?? ''}: ${message}`);
      log(`Expected to deploy processes/${name}, but it was refused: ${answer.reason}${problems.join('')}`);
    }
  }
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'agencies')
    .map((entry) => entry.name)
    .sort();
}

function resourcesIn(folder: string): readonly Resource[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && deployable.test(entry.name))
    .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }))
    .sort((left, right) => left.name.localeCompare(right.name));
}

function checksum(resources: readonly Resource[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of resources) hash.update(`${name}\n${text.length}\n${text}`);
  return hash.digest('hex').slice(0, 32);
}
