/** Recorded histories of every shipped scenario (scripts/golden.ts). Nothing is decided again: the events are folded. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { evolve, parse, serialize } from '../../engine/index.ts';
import type { Event } from '../../engine/index.ts';
import { folded } from '../../scenarios/golden-log.ts';
import type { GoldenLog } from '../../scenarios/golden-log.ts';
import { readServiceFolder } from '../../scenarios/index.ts';

const processes = join(import.meta.dirname, '../../processes');
const logs = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.log.json'))
  .toSorted();

function read(name: string): GoldenLog {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as GoldenLog;
}

describe('golden logs', () => {
  test('[Y3] every shipped scenario has one', () => {
    const services = readdirSync(processes).filter((name) => existsSync(join(processes, name, 'scenarios')));
    const cases = services.flatMap((service) =>
      readServiceFolder(join(processes, service)).files.flatMap(({ testCases }) => testCases.map(({ name }) => name)),
    );
    const recorded = new Set(logs.map((name) => read(name).case));
    expect(cases.filter((name) => !recorded.has(name))).toEqual([]);
  });

  test.each(logs)('[Y3] %s folds to the recorded state, commit by commit', (name) => {
    const { instances } = read(name);
    expect(instances.length).toBeGreaterThan(0);
    for (const recorded of instances) {
      const again = folded(
        recorded.key,
        recorded.commits.map(({ events }) => events),
      );
      expect(again).toEqual(recorded);
      expect(serialize(parse(recorded.state))).toBe(recorded.state);
    }
  });

  test('[Y3] an event that this build does not know stops the fold', () => {
    const [first] = read(logs[0] ?? '').instances[0]?.commits[0]?.events ?? [];
    const state = evolve(undefined, first as Event);
    expect(() => evolve(state, { t: 'element-dreamt', n: 1 } as unknown as Event)).toThrow("does not know the event type 'element-dreamt'");
    expect(() => evolve(state, { t: 'internal', what: 'dreaming', n: 1 } as unknown as Event)).toThrow("'internal dreaming'");
  });
});
