/** Sound diagrams stay silent: what we ship, and what others publish as valid. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../../engine/analysis/analyse.ts';
import type { Finding } from '../../../engine/analysis/finding.ts';
import { compile } from '../../../engine/compile/compile.ts';

const top = join(import.meta.dirname, '../../..');
const shipped = globSync('processes/**/*.bpmn', { cwd: top }).map((file) => join(top, file));
const published = process.env['CONFORMANCE'] ?? join(top, '../shared/conformance');
const foreign = existsSync(published) ? globSync('**/*.bpmn', { cwd: published }) : [];

/** Published diagrams that are not sound, and why we say so. */
const TRUE_FINDINGS: Readonly<Record<string, string>> = {
  'asymmetric-parallel-gateway.bpmn': 'missing-synchronisation',
  'fork-controlled-exclusive-join.bpmn': 'missing-synchronisation',
  'fork-uncontrolled-join.bpmn': 'missing-synchronisation',
  'message-multiple-intermediate-catch-events-exclusive.bpmn': 'missing-synchronisation',
  'subprocess-fork-controlled-exclusive-join.bpmn': 'missing-synchronisation',
  'subprocess-message-multiple-intermediate-catch-events-exclusive.bpmn': 'missing-synchronisation',
};

interface Component {
  readonly key?: string;
  readonly path?: string;
  readonly components?: readonly Component[];
}

/** Root names that a form writes. */
function keysOf(components: readonly Component[] = []): string[] {
  const roots = components.flatMap(({ key, path, components: inner }) => [key ?? path, ...(path ? [] : keysOf(inner))]);
  return roots.flatMap((name) => (name ? [name.split('.')[0]!] : []));
}

const forms = new Map(
  globSync('processes/**/*.form', { cwd: top }).map((file) => {
    const form = JSON.parse(readFileSync(join(top, file), 'utf8')) as Component & { readonly id: string };
    return [form.id, keysOf(form.components)];
  }),
);

async function findingsOf(file: string): Promise<{ findings: readonly Finding[]; verdicts: readonly string[] } | undefined> {
  const result = await compile(readFileSync(file, 'utf8'));
  if (!result.ok) return undefined;
  const all = result.processes.map((one) => analyse(one, { others: result.processes, forms }));
  return { findings: all.flatMap(({ findings }) => findings), verdicts: all.map(({ verdict }) => verdict) };
}

describe('sound diagrams', () => {
  test('[AN14] the shipped processes have no finding', async () => {
    for (const file of shipped) {
      const found = await findingsOf(file);
      expect({ file, found: found?.findings.filter(({ severity }) => severity !== 'info') ?? [] }).toEqual({ file, found: [] });
    }
  }, 600_000);

  test('[AN14] published diagrams: every finding about control flow is a known true one, and every verdict is complete', async () => {
    for (const file of foreign) {
      const found = await findingsOf(join(published, file));
      const name = file.split('/').at(-1)!;
      const flow = (found?.findings ?? []).filter(({ code }) =>
        ['deadlock', 'missing-synchronisation', 'no-option-to-complete', 'endless-loop'].includes(code),
      );
      const expected = TRUE_FINDINGS[name];
      expect({
        file,
        codes: [...new Set(flow.map(({ code }) => code))],
        verdicts: found?.verdicts.filter((verdict) => verdict !== 'complete') ?? [],
      }).toEqual({
        file,
        codes: expected === undefined || found === undefined ? [] : [expected],
        verdicts: [],
      });
    }
  }, 600_000);
});
