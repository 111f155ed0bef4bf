import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { coverageOf, readServiceFolder, runScenario, type Trace } from '../../scenarios/index.ts';

const processes = join(import.meta.dirname, '../../processes');
const services = readdirSync(processes).filter((name) => existsSync(join(processes, name, 'scenarios')));

test('[SC1] each shipped service has at least six scenarios', () => {
  expect(services).toEqual(['building-permit', 'community-wifi', 'complaint', 'death-certificate']);
  for (const name of services) {
    const { files } = readServiceFolder(join(processes, name));
    expect(files.flatMap(({ testCases }) => testCases).length).toBeGreaterThanOrEqual(6);
  }
});

describe.each(services)('%s', (name) => {
  const { resources, files } = readServiceFolder(join(processes, name));
  const traces: Trace[] = [];

  describe.each(files.map((file) => [basename(file.file), file.testCases] as const))('%s', (_, testCases) => {
    test.each(testCases.map((testCase) => [testCase.name, testCase] as const))('[SC2] %s', async (__, testCase) => {
      const result = await runScenario(resources, testCase);
      traces.push(result.trace);
      expect(result.failure).toBeUndefined();
    });
  });

  afterAll(async () => {
    const { elements, flows } = await coverageOf(resources, traces);
    expect({ elements: elements.missed, flows: flows.missed }).toEqual({ elements: [], flows: [] });
  });
});
