/**
 * A case as people see it: stages, who has it, what happened, what is asked of the applicant. Words come from the model.
 * Citizens read agencies, never clerks; steps, never engine terms.
 */
import { CITIZEN } from '../runtime/citizen.ts';
import type { Row } from '../runtime/collections.ts';
import { calledAgency, caseRows, definitionOf, elementOf, english } from './case-rows.ts';
import type { CaseRows } from './case-rows.ts';
import { effectiveVariableRows, valuesOf } from './effective-variables.ts';
import { documentScope } from './policy.ts';
import type { Asked } from './route.ts';
import { stagesOf } from './stages.ts';
import { isTrouble, waitsOf } from './waits.ts';
import { iso } from './v2/show.ts';

/** steps that mean something to people; gateways and the like do not */
const steps = new Set([
  'USER_TASK',
  'SERVICE_TASK',
  'SEND_TASK',
  'RECEIVE_TASK',
  'BUSINESS_RULE_TASK',
  'MANUAL_TASK',
  'CALL_ACTIVITY',
  'START_EVENT',
  'END_EVENT',
  'INTERMEDIATE_CATCH_EVENT',
  'BOUNDARY_EVENT',
]);
/** what a machine does: in the citizen's lane, for the citizen, it is still the owner who does it */
const machines = new Set(['SERVICE_TASK', 'SEND_TASK', 'BUSINESS_RULE_TASK', 'CALL_ACTIVITY']);
const waits = new Set(['INTERMEDIATE_CATCH_EVENT', 'RECEIVE_TASK', 'EVENT_BASED_GATEWAY']);

/** `Tracking` of docs/api.md. `root`: row of processInstances that the reader may see. */
export async function trackedCase(asked: Asked, root: Row) {
  const { definitions, store } = asked.context.runtime;
  const rows = await caseRows(store, root);
  const definition = definitionOf(definitions, root);
  const active = isActive(root);
  return {
    reference: referenceOf(root),
    processInstanceKey: root['processInstanceKey'],
    processDefinitionId: root['processDefinitionId'],
    processDefinitionKey: root['processDefinitionKey'],
    ...serviceNames(asked, root),
    state: active ? 'active' : root['state'] === 'COMPLETED' ? 'completed' : 'canceled',
    ...outcomeOf(asked, rows),
    submittedAt: iso(root['startDate']),
    updatedAt: iso(root['lastUpdated'] ?? root['endDate'] ?? root['startDate']),
    endedAt: iso(root['endDate']),
    stages: stagesOf(definition, rows.elements, active),
    waitingFor: active ? waitingFor(asked, rows) : null,
    waits: active ? waitsOf(asked, rows) : [],
    timeline: timelineOf(asked, rows),
    tasks: asked.reader.kind === 'citizen' ? await ownTasks(asked, rows) : [],
    documents: await documentsOf(asked, rows),
    rows,
  };
}

export function isActive(root: Row): boolean {
  return root['state'] === 'ACTIVE' || root['state'] === 'SUSPENDED';
}

/** The number that people know the case by. */
export function referenceOf(root: Row): string {
  return String(root['businessId'] ?? root['processInstanceKey']);
}

export function serviceNames({ context }: Asked, root: Row): { readonly serviceName: string; readonly serviceNameEn: string | null } {
  const definition = definitionOf(context.runtime.definitions, root);
  const serviceName = String(definition?.row['name'] ?? root['processDefinitionName'] ?? root['processDefinitionId']);
  return { serviceName, serviceNameEn: definition?.properties.get('alur:label.en') ?? null };
}

/** what the end event says that the case reached; null while it goes on */
function outcomeOf({ context }: Asked, { root, elements }: CaseRows) {
  const end = elements.findLast(
    (row) => row['type'] === 'END_EVENT' && row['state'] === 'COMPLETED' && row['processInstanceKey'] === root['processInstanceKey'],
  );
  const properties = end && root['state'] === 'COMPLETED' ? elementOf(context.runtime.definitions, end)?.properties : undefined;
  return { outcome: properties?.get('alur:outcome') ?? null, outcomeEn: properties?.get('alur:outcome.en') ?? null };
}

/** Who an agency id names, as this reader calls them: the applicant is "you" to the applicant, a citizen to everybody else. */
function named({ context, reader }: Asked, agency: string | null) {
  if (agency === CITIZEN && reader.kind === 'citizen') return { agency, agencyName: 'Anda', agencyNameEn: 'You' };
  return { agency, agencyName: context.agencies.nameOf(agency), agencyNameEn: context.agencies.nameEnOf(agency) };
}

/** Is it the applicant's to do: named so, or drawn in the citizen's lane and given to nobody else? */
export function isApplicants(task: Row, applicant: unknown): boolean {
  const assignee = task['assignee'] ?? '';
  return assignee === '' ? task['agency'] === CITIZEN : assignee === applicant;
}

/** Whose turn it is: the applicant's first, then a call that is late, a person's, a machine's, and time when nobody has to do anything. */
export function waitingFor(asked: Asked, rows: CaseRows) {
  const { definitions } = asked.context.runtime;
  const own = rows.openTasks.find((task) => isApplicants(task, rows.root['startedBy']));
  const answer = (kind: 'you' | 'agency' | 'time', row: Row, agency: unknown, since: unknown) => {
    const element = elementOf(definitions, row);
    const [wait] = waitsOf(asked, { openJobs: row['jobKey'] === undefined ? [] : [row] });
    return {
      kind,
      how: wait?.how ?? null,
      ...named(asked, kind !== 'time' && typeof agency === 'string' ? agency : null),
      since: iso(since),
      step: element?.name || null,
      stepEn: english(element),
    };
  };
  if (own !== undefined) return answer(asked.reader.kind === 'citizen' ? 'you' : 'agency', own, CITIZEN, own['creationDate']);
  const late = rows.openJobs.find((row) => calledAgency(row) !== undefined && isLate(asked, row));
  const [task] = late === undefined ? rows.openTasks : [];
  if (task !== undefined) return answer('agency', task, elementOf(definitions, task)?.agency ?? task['agency'], task['creationDate']);
  const job = late ?? rows.openJobs[0];
  if (job !== undefined) return answer('agency', job, calledAgency(job) ?? job['agency'], job['creationTime']);
  const wait = rows.elements.find((row) => row['state'] === 'ACTIVE' && waits.has(String(row['type'])));
  return wait === undefined ? null : waitAnswer(asked, wait, answer);
}

function waitAnswer<T>(
  { context }: Asked,
  wait: Row,
  answer: (kind: 'agency' | 'time', row: Row, agency: unknown, since: unknown) => T,
): T {
  const agency = elementOf(context.runtime.definitions, wait)?.agency;
  return answer(agency === undefined || agency === CITIZEN ? 'time' : 'agency', wait, agency, wait['startDate']);
}

function timelineOf(asked: Asked, { elements, openJobs, called }: CaseRows) {
  const { definitions } = asked.context.runtime;
  const inTrouble = new Set(openJobs.filter((job) => isLate(asked, job)).map((job) => job['elementInstanceKey']));
  return elements
    .filter((row) => steps.has(String(row['type'])) && row['state'] !== 'TERMINATED')
    .flatMap((row) => {
      const element = elementOf(definitions, row);
      if (!element?.name) return [];
      const own = element.agency === CITIZEN && machines.has(String(row['type'])) ? ownerOf(asked, row) : element.agency;
      const agency = called.get(row['elementInstanceKey']) ?? own ?? null;
      const trouble = row['state'] === 'ACTIVE' && (row['hasIncident'] === true || inTrouble.has(row['elementInstanceKey']));
      const state = trouble ? ('trouble' as const) : row['state'] === 'ACTIVE' ? ('started' as const) : ('done' as const);
      const at = iso(state === 'done' ? (row['endDate'] ?? row['startDate']) : row['startDate']);
      return [{ at, step: element.name, stepEn: english(element), ...named(asked, agency), state }];
    })
    .sort((left, right) => String(left.at).localeCompare(String(right.at)));
}

/** Its call went wrong, or its agency gets no calls at all. */
function isLate(asked: Asked, job: Row): boolean {
  const [wait] = waitsOf(asked, { openJobs: [job] });
  return wait === undefined ? job['hasFailedWithRetriesLeft'] === true : isTrouble(wait);
}

function ownerOf({ context }: Asked, row: Row): string | undefined {
  return definitionOf(context.runtime.definitions, row)?.row['ownerAgency'] as string | undefined;
}

/** The applicant's own open tasks, each with the variables that its form names: nothing else of the case leaves the house this way. */
async function ownTasks(asked: Asked, rows: CaseRows) {
  const { runtime } = asked.context;
  const own = rows.openTasks.filter((task) => isApplicants(task, asked.reader.username));
  return Promise.all(
    own.map(async (task) => {
      const element = elementOf(runtime.definitions, task);
      const form = typeof task['formKey'] === 'string' ? runtime.definitions.form(task['formKey']) : undefined;
      const values = valuesOf(
        await effectiveVariableRows(runtime.store, String(task['processInstanceKey']), String(task['elementInstanceKey'])),
      );
      const named = namesIn(form?.schema);
      const variables = Object.fromEntries(Object.entries(values).filter(([name]) => named.has(name)));
      return {
        userTaskKey: task['userTaskKey'],
        name: task['name'] ?? element?.name ?? '',
        nameEn: english(element),
        form: form?.schema ?? null,
        variables,
      };
    }),
  );
}

/** Every word in the form's texts, keys and expressions: the variables it could show. */
function namesIn(schema: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') for (const word of value.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) names.add(word);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  const { components } = (schema ?? {}) as { readonly components?: readonly unknown[] };
  for (const component of components ?? []) visit(withoutProse(component));
  return names;
}

/** labels and descriptions are prose: a word in them that happens to be a variable's name is not a use of it */
function withoutProse(component: unknown): unknown {
  if (Array.isArray(component)) return component.map(withoutProse);
  if (typeof component !== 'object' || component === null) return component;
  const prose = new Set(['label', 'description', 'id', 'type', 'properties', 'appearance']);
  return Object.fromEntries(
    Object.entries(component)
      .filter(([name]) => !prose.has(name))
      .map(([name, value]) => [name, name === 'text' || name === 'content' ? placeholders(value) : withoutProse(value)]),
  );
}

/** `{{name}}` in texts; a text that starts with `=` is an expression */
function placeholders(text: unknown): unknown {
  if (typeof text !== 'string' || text.startsWith('=')) return text;
  return (text.match(/\{\{[^}]*\}\}/g) ?? []).join(' ');
}

async function documentsOf(asked: Asked, rows: CaseRows) {
  const { store } = asked.context.runtime;
  const filter = { $or: [{ processInstanceKey: { $in: rows.instances.map((row) => row['processInstanceKey']) } }] };
  const found = await store.search('documents', { filter, scope: documentScope(asked.reader), limit: 200 });
  return found.items.map((row) => ({
    documentId: row['documentId'],
    name: row['name'],
    contentType: row['contentType'],
    size: row['size'],
    createdAt: iso(row['createdAt']),
  }));
}
