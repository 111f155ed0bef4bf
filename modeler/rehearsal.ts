/** Rehearsals as the server answers them (docs/api.md, `POST /api/v1/rehearsals`). */
import { request } from '../ui/client.ts';

export interface Trace {
  readonly completed: readonly string[];
  readonly ended: 'completed' | 'waiting' | 'failed';
  readonly at: readonly string[];
}
export interface Difference {
  readonly elementId: string;
  readonly ours: string;
  readonly theirs: string;
}
export interface NotComparable {
  readonly elementId: string;
  readonly elementName: string;
  readonly code: string;
  readonly why: string;
}
export type Opinion =
  | {
      readonly comparable: true;
      readonly agree: boolean;
      readonly differences: readonly Difference[];
      readonly ours: Trace;
      readonly theirs: Trace;
    }
  | { readonly comparable: false; readonly reasons: readonly string[]; readonly elements: readonly NotComparable[] };
export interface CaseReport {
  readonly name: string;
  readonly description?: string;
  readonly passed: boolean;
  readonly failure?: { readonly instruction: number; readonly type: string; readonly message: string };
  readonly path: readonly string[];
  readonly opinion: Opinion;
}
export interface Share {
  readonly total: number;
  readonly covered: readonly string[];
  readonly missed: readonly string[];
}
export interface Report {
  readonly cases: readonly CaseReport[];
  readonly coverage: { readonly elements: Share; readonly flows: Share };
}

/** A test case in CPT JSON; the server knows the whole grammar. */
export interface TestCase {
  readonly name: string;
  readonly description?: string;
  readonly instructions: readonly unknown[];
}

export async function storedTestCases(processDefinitionId: string): Promise<readonly TestCase[]> {
  const address = `/api/v1/rehearsals/test-cases?processDefinitionId=${encodeURIComponent(processDefinitionId)}`;
  return (await request<{ items: readonly TestCase[] }>(address)).items;
}

/** Rejects with `ProblemError`: `problem.problems` for a refused diagram, `problem.errors` for test cases outside the grammar. */
export function rehearse(xml: string, testCases: readonly TestCase[]): Promise<Report> {
  return request<Report>('/api/v1/rehearsals', { method: 'POST', body: { xml, testCases } });
}

/** Test cases out of a pasted text: a whole file, a list of them, or a single one. Undefined: it is none of these. */
export function readTestCases(text: string): readonly TestCase[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  if ('instructions' in parsed) return [parsed as TestCase];
  const list: unknown = 'testCases' in parsed ? parsed.testCases : parsed;
  return Array.isArray(list) && list.length > 0 ? (list as readonly TestCase[]) : undefined;
}

/** A test case to begin with: starts the process and expects it to end. */
export function exampleTestCase(processDefinitionId: string, name: string): string {
  const instructions = [
    { type: 'CREATE_PROCESS_INSTANCE', processDefinitionSelector: { processDefinitionId }, variables: {} },
    { type: 'ASSERT_PROCESS_INSTANCE', processInstanceSelector: { processDefinitionId }, state: 'IS_ACTIVE' },
  ];
  return JSON.stringify({ testCases: [{ name, instructions }] }, null, 2);
}
