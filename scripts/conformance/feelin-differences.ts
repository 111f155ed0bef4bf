/** Where feelin and we differ on the expressions of the kits, each case with its reason. In each the kit, or Camunda's documentation, has our answer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'feelin-differences.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, readonly string[]>>;

/** Case → reason. */
export const differences: ReadonlyMap<string, string> = new Map(
  Object.entries(cases).flatMap(([reason, ids]) => ids.map((id) => [id, reason] as const)),
);
