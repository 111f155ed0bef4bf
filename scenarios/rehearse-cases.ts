/** Test cases of a drawn diagram: on our runtime with their assertions, and their paths on the second implementation. */
import { compileFiles } from '../engine/dmn/index.ts';
import { compile } from '../engine/index.ts';
import type { Library, Process } from '../engine/index.ts';
import { deployedDecision } from '../runtime/deployed-decision.ts';
import { fromTestCase } from '../runtime/rehearsal/from-test-case.ts';
import type { Instruction as Loose } from '../runtime/rehearsal/from-test-case.ts';
import { rehearse } from '../runtime/rehearsal/rehearse.ts';
import type { CaseReport, RehearsalAnswer, RehearsalRequest, SecondOpinion, Share } from '../runtime/rehearsal/report.ts';
import type { Resource } from '../runtime/runtime.ts';
import type { TestCase } from './instruction.ts';
import { runScenario } from './run-scenario.ts';
import type { Stage } from './stage.ts';

/** Never throws for what the diagram or a test case does. */
export async function rehearseCases(
  { xml, resources }: RehearsalRequest,
  testCases: readonly TestCase[],
): Promise<Exclude<RehearsalAnswer, { reason: 'test-cases' | 'limit' }>> {
  const compiled = await compile(xml);
  if (!compiled.ok) return { ok: false, reason: 'diagram', problems: compiled.problems };
  const library = await libraryOf(resources);
  const all: readonly Resource[] = [...resources, { name: 'rehearsed.bpmn', text: xml }];
  const cases: CaseReport[] = [];
  for (const testCase of testCases) {
    const path: string[] = [];
    const { failure } = await runScenario(all, testCase, async (stage) => void path.push(...(await pathOf(stage, compiled.processes))));
    cases.push({
      name: testCase.name,
      ...(testCase.description === undefined ? {} : { description: testCase.description }),
      passed: failure === undefined,
      ...(failure === undefined ? {} : { failure }),
      path,
      opinion: await opinionOn(testCase, { xml, processes: compiled.processes, library }),
    });
  }
  const walked = new Set(cases.flatMap(({ path }) => path));
  const { processes } = compiled;
  const elements = processes.flatMap((process) => [...process.elements.keys()].filter((id) => id !== process.id));
  const flows = processes.flatMap((process) => [...process.flows.keys()]);
  return { ok: true, report: { cases, coverage: { elements: share(elements, walked), flows: share(flows, walked) } } };
}

function share(ids: readonly string[], walked: ReadonlySet<string>): Share {
  return { total: ids.length, covered: ids.filter((id) => walked.has(id)), missed: ids.filter((id) => !walked.has(id)) };
}

/** Elements and flows of the drawn processes as their instances passed them, instance after instance. */
async function pathOf(stage: Stage, processes: readonly Process[]): Promise<string[]> {
  const rows = await stage.rows('processInstances', {});
  const own = rows.filter((row) => processes.some(({ id }) => id === row['processDefinitionId']));
  const keys = own.map((row) => String(row['processInstanceKey'])).toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const path: string[] = [];
  for (const key of keys) {
    for (const { events } of await stage.runtime.store.events(key)) {
      for (const event of events) {
        if (event.t === 'flow-taken') path.push(event.flow);
        if (event.t === 'element-activated' && event.body !== true) path.push(event.element);
      }
    }
  }
  const drawn = new Set(processes.flatMap((process) => [...process.elements.keys(), ...process.flows.keys()]));
  for (const { id } of processes) drawn.delete(id);
  return path.filter((id) => drawn.has(id));
}

interface Drawn {
  readonly xml: string;
  readonly processes: readonly Process[];
  readonly library: Library;
}

async function opinionOn({ instructions }: TestCase, { xml, processes, library }: Drawn): Promise<SecondOpinion> {
  const start = instructions.find((one) => one.type === 'CREATE_PROCESS_INSTANCE');
  const started = start?.processDefinitionSelector.processDefinitionId;
  const process = processes.find(({ id }) => id === started);
  const not = (reason: string): SecondOpinion => ({ comparable: false, reasons: [reason], elements: [] });
  if (process === undefined) return not('Expected the test case to start a process of this diagram, but it starts another or none.');
  if (start?.startInstructions !== undefined) return not('Only our implementation can start a case in the middle.');
  const made = fromTestCase(process, instructions as unknown as readonly Loose[]);
  if (!made.ok) return not(made.reason);
  const result = await rehearse(xml, made.scenario, library);
  if (!result.comparable) return { comparable: false, reasons: result.reasons, elements: result.elements ?? [] };
  const { agree, findings, traces } = result;
  return { comparable: true, agree, differences: findings, ours: traces.ours, theirs: traces.theirs };
}

/** The decisions that the second implementation asks are the same as ours. */
async function libraryOf(resources: readonly Resource[]): Promise<Library> {
  const decisions = new Map<string, ReturnType<typeof deployedDecision>>();
  const models = resources.filter(({ name }) => name.endsWith('.dmn')).map(({ name, text }) => ({ name, xml: String(text) }));
  for (const compiled of await compileFiles(models))
    if (compiled.ok) for (const decision of compiled.decisions.values()) decisions.set(decision.id, deployedDecision('9', decision));
  return { decision: (id) => decisions.get(id), form: () => ({ key: '3' }), process: () => ({ key: '4' }) };
}
