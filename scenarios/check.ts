/** Instructions that assert. Each fails with what was expected and what was found. */
import { sameJson } from './same-json.ts';
import type { Row } from '../runtime/collections.ts';
import type { Filter } from '../runtime/ports.ts';
import { elementFilter, filterOf, instances } from './find.ts';
import type { InstructionType, Of } from './instruction.ts';
import { ScenarioFailure, type Stage } from './stage.ts';

export type Checks = Extract<InstructionType, `ASSERT_${string}`>;

const states = { IS_ACTIVE: 'ACTIVE', IS_CREATED: 'ACTIVE', IS_COMPLETED: 'COMPLETED', IS_TERMINATED: 'TERMINATED' } as const;

function expect(holds: boolean, expected: string, found: string): void {
  if (!holds) throw new ScenarioFailure(`Expected ${expected}, but found ${found === '' ? 'none' : found}`);
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

function counted(rows: readonly Row[], field: string): string {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(String(row[field]), (counts.get(String(row[field])) ?? 0) + 1);
  return [...counts].map(([value, count]) => `${count} × ${value}`).join(', ');
}

async function element(
  stage: Stage,
  filter: Filter,
  of: { readonly state: keyof typeof states; readonly amount?: number | undefined },
): Promise<void> {
  const rows = await stage.rows('elementInstances', filter);
  const wanted = rows.filter((row) => row['state'] === states[of.state]).length;
  const active = (await stage.rows('elementInstances', { state: 'ACTIVE' })).map((row) => String(row['elementId']));
  const holds = of.amount === undefined ? wanted > 0 : wanted === of.amount;
  expect(
    holds,
    `${of.amount ?? 'at least 1'} × ${states[of.state]} of ${show(filter)}`,
    `${counted(rows, 'state') || 'none'} (active now: ${active.join(', ') || 'nothing'})`,
  );
}

async function variables(stage: Stage, of: Of<'ASSERT_VARIABLES'>): Promise<void> {
  const scope =
    of.elementSelector === undefined
      ? await instances(stage, of.processInstanceSelector)
      : await stage.rows('elementInstances', elementFilter(of.processInstanceSelector, of.elementSelector));
  const scopeKey = scope.at(-1)?.[of.elementSelector === undefined ? 'processInstanceKey' : 'elementInstanceKey'];
  const rows = scopeKey === undefined ? [] : await stage.rows('variables', { scopeKey });
  const found = new Map(rows.map((row) => [String(row['name']), JSON.parse(String(row['value'])) as unknown]));
  for (const name of of.variableNames ?? []) expect(found.has(name), `a variable ${name}`, [...found.keys()].join(', '));
  for (const [name, value] of Object.entries(of.variables ?? {})) {
    expect(
      found.has(name) && sameJson(found.get(name), value),
      `${name} = ${show(value)}`,
      found.has(name) ? show(found.get(name)) : `no such variable; there are ${[...found.keys()].join(', ')}`,
    );
  }
}

async function userTask(stage: Stage, of: Of<'ASSERT_USER_TASK'>): Promise<void> {
  const rows = await stage.rows('userTasks', filterOf(of.userTaskSelector, { taskName: 'name' }));
  const state = of.state?.slice('IS_'.length);
  const task = rows.find((row) => state === undefined || row['state'] === state);
  expect(task !== undefined, `a user task ${show(of.userTaskSelector)} ${state ?? ''}`.trim(), counted(rows, 'state'));
  for (const field of ['assignee', 'priority', 'elementId', 'name', 'candidateGroups'] as const) {
    if (of[field] !== undefined) expect(sameJson(task?.[field], of[field]), `${field} = ${show(of[field])}`, show(task?.[field]));
  }
  for (const field of ['dueDate', 'followUpDate'] as const) {
    const at = of[field];
    if (at !== undefined) expect(task?.[field] === Date.parse(at), `${field} = ${at}`, show(task?.[field]));
  }
}

async function decision(stage: Stage, of: Of<'ASSERT_DECISION'>): Promise<void> {
  const rows = await stage.rows('decisionInstances', filterOf(of.decisionSelector));
  const last = rows.at(-1);
  if (last === undefined) throw new ScenarioFailure(`Expected a decision ${show(of.decisionSelector)} to be evaluated, but found none`);
  if (of.output !== undefined)
    expect(sameJson(JSON.parse(String(last['result'])), of.output), `output ${show(of.output)}`, String(last['result']));
  const matched = ((last['matchedRules'] ?? []) as readonly Row[]).map((rule) => Number(rule['ruleIndex']));
  const found = `matched rules ${show(matched)}`;
  for (const rule of of.matchedRules ?? []) expect(matched.includes(rule), `rule ${rule} to match`, found);
  for (const rule of of.notMatchedRules ?? []) expect(!matched.includes(rule), `rule ${rule} not to match`, found);
  if (of.noMatchedRules === true) expect(matched.length === 0, 'no rule to match', found);
}

/** One function per assertion: a missing one does not compile. */
export const checks: { readonly [T in Checks]: (stage: Stage, of: Of<T>) => Promise<void> } = {
  ASSERT_ELEMENT_INSTANCE: (stage, of) => element(stage, elementFilter(of.processInstanceSelector, of.elementSelector), of),
  ASSERT_ELEMENT_INSTANCES: async (stage, of) => {
    for (const selector of of.elementSelectors) await element(stage, elementFilter(of.processInstanceSelector, selector), of);
  },
  ASSERT_PROCESS_INSTANCE: async (stage, of) => {
    const rows = await instances(stage, of.processInstanceSelector);
    const active = (await stage.rows('elementInstances', { state: 'ACTIVE' })).map((row) => String(row['elementId']));
    const { state, hasActiveIncidents } = of;
    if (state !== undefined)
      expect(
        rows.some((row) => row['state'] === states[state]),
        `a process instance that is ${states[state]}`,
        `${counted(rows, 'state')} (active now: ${active.join(', ') || 'nothing'})`,
      );
    if (hasActiveIncidents === undefined) return;
    const incidents = await stage.rows('incidents', { ...filterOf(of.processInstanceSelector), state: 'ACTIVE' });
    const found = incidents.map((row) => `${String(row['elementId'])}: ${String(row['errorMessage'])}`).join('; ');
    expect(incidents.length > 0 === hasActiveIncidents, hasActiveIncidents ? 'active incidents' : 'no active incident', found);
  },
  ASSERT_VARIABLES: variables,
  ASSERT_USER_TASK: userTask,
  ASSERT_DECISION: decision,
  ASSERT_PROCESS_INSTANCE_MESSAGE_SUBSCRIPTION: async (stage, of) => {
    const rows = await stage.rows('subscriptions', {
      ...filterOf(of.processInstanceSelector),
      ...filterOf(of.messageSelector),
      kind: 'message',
    });
    const count = (state: string): number => rows.filter((row) => row['messageSubscriptionState'] === state).length;
    const holds =
      of.state === 'IS_WAITING' ? count('CREATED') > 0 : of.state === 'IS_CORRELATED' ? count('CORRELATED') > 0 : count('CREATED') === 0;
    expect(holds, `a subscription ${show(of.messageSelector)} that ${of.state}`, counted(rows, 'messageSubscriptionState'));
  },
};
