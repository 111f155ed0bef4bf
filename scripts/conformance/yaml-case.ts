/** One test case of zeebe-spec's YAML, as data: what is done and what must be so, in order. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const args = z.record(z.string(), z.string()).default({});
const action = z.object({ action: z.string(), args });
const verification = z.object({ verification: z.string(), args });
const testCase = z.object({
  name: z.string(),
  instructions: z.array(z.union([action, verification])).optional(),
  actions: z.array(action).optional(),
  verifications: z.array(verification).optional(),
});
const file = z.object({ resources: z.array(z.string()).optional(), testCases: z.array(testCase) });

export type Args = Readonly<Record<string, string>>;
export interface Instruction {
  readonly kind: 'action' | 'verification';
  readonly name: string;
  readonly args: Args;
}
export interface YamlCase {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export function readYamlCases(path: string): { readonly resources: readonly string[] | undefined; readonly cases: readonly YamlCase[] } {
  const { resources, testCases } = file.parse(parse(readFileSync(path, 'utf8')));
  const cases = testCases.map(({ name, instructions, actions = [], verifications = [] }) => ({
    name,
    instructions: (instructions ?? [...actions, ...verifications]).map((each) =>
      'action' in each
        ? ({ kind: 'action', name: each.action, args: each.args } as const)
        : ({ kind: 'verification', name: each.verification, args: each.args } as const),
    ),
  }));
  return { resources, cases };
}
