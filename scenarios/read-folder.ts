/** A service's folder: its resources (`*.bpmn`, `*.dmn`, `*.form`) and its test cases (`scenarios/*.test.json`, or `*.test.json` beside them). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../runtime/runtime.ts';
import { scenarioFile, type TestCase } from './instruction.ts';

export interface ScenarioFile {
  readonly file: string;
  readonly testCases: readonly TestCase[];
}

export interface ServiceFolder {
  readonly resources: readonly Resource[];
  readonly files: readonly ScenarioFile[];
}

/** Throws with the file's name and the place when a scenario file does not keep to the grammar. */
export function readServiceFolder(folder: string): ServiceFolder {
  const resources = readdirSync(folder)
    .filter((name) => /\.(bpmn|dmn|form)$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const places = [folder, join(folder, 'scenarios')].filter((place) => existsSync(place));
  const files = places.flatMap((place) =>
    readdirSync(place)
      .filter((name) => name.endsWith('.test.json'))
      .sort()
      .map((name) => readScenarioFile(join(place, name))),
  );
  return { resources, files };
}

function readScenarioFile(file: string): ScenarioFile {
  const parsed = scenarioFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return { file, testCases: parsed.data.testCases };
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('/')}: ${issue.message}`).join('; ');
  throw new Error(`Expected ${file} to keep to the grammar of scenarios, but ${faults}`);
}
