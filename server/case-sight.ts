/**
 * What a reader sees inside a case, as scopes of the store's own queries. Which variable an agency sees was read off the diagram at deployment
 * (engine/analysis/visibility.ts); the owner of the process and those who work for the whole city see all of them.
 */
import type { Row } from '../runtime/collections.ts';
import type { Filter } from '../runtime/ports.ts';
import type { Definition } from '../runtime/runtime.ts';
import { allRows } from './all-rows.ts';
import { casesWithin } from './case-reads.ts';
import { isCityWide } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Asked } from './route.ts';

/** with more cases than this in one question, only the cases' own variables are told, not those inside steps: name the case to see these */
const MOST_INNER = 50;
const containers = ['SUB_PROCESS', 'EVENT_SUB_PROCESS', 'AD_HOC_SUB_PROCESS', 'TRANSACTION', 'MULTI_INSTANCE_BODY'];

/** Does the reader's agency answer for the whole case? */
export function ownsCase(reader: Reader, row: Row | undefined): boolean {
  return isCityWide(reader) || (reader.kind === 'staff' && row?.['ownerAgency'] !== undefined && row['ownerAgency'] === reader.agency);
}

/** Names of the case's variables that the reader's agency sees, besides the owner. */
export function seenNames(reader: Reader, definition: Definition | undefined): ReadonlySet<string> {
  const agency = reader.kind === 'staff' ? reader.agency : undefined;
  const shown = (definition?.visibility.variables ?? []).filter(({ agencies }) => agencies.some((one) => one === agency || one === '*'));
  return new Set(shown.map(({ name }) => name));
}

export async function variableScope(asked: Asked, cases?: readonly Row[]): Promise<Filter> {
  return scoped(asked, cases, async (foreign) => [...rootVariables(asked, foreign), ...(await innerVariables(asked, foreign))]);
}

/** Incidents and jobs tell in words what went wrong: to the owner, and to the agency of the step. */
export async function troubleScope(asked: Asked, cases?: readonly Row[]): Promise<Filter> {
  return scoped(asked, cases, async (foreign) => [{ processInstanceKey: { $in: keysOf(foreign) }, agency: asked.reader.agency ?? '' }]);
}

/** Correlation keys are values of the case: for the owner, and for the agency of the step that waits. */
export async function correlationScope(asked: Asked, cases?: readonly Row[]): Promise<Filter> {
  return scoped(asked, cases, async (foreign) =>
    perDefinition(asked, foreign).map(({ definition, keys }) => ({
      processInstanceKey: { $in: keys },
      elementId: { $in: ownElements(asked.reader, definition) },
    })),
  );
}

/** How a decision was made: for the owner, and for agencies that see all of its inputs and its result. */
export async function decisionScope(asked: Asked, cases?: readonly Row[]): Promise<Filter> {
  return scoped(asked, cases, async (foreign) =>
    perDefinition(asked, foreign).map(({ definition, keys }) => ({
      processInstanceKey: { $in: keys },
      decisionDefinitionId: { $in: seenDecisions(asked.reader, definition) },
    })),
  );
}

/** All of the reader's own cases, and of the others what `ofForeign` says. */
async function scoped(
  asked: Asked,
  given: readonly Row[] | undefined,
  ofForeign: (foreign: readonly Row[]) => Promise<readonly Filter[]>,
): Promise<Filter> {
  if (isCityWide(asked.reader)) return {};
  const cases = given ?? (await casesWithin(asked));
  const own = cases.filter((row) => ownsCase(asked.reader, row));
  const foreign = cases.filter((row) => !own.includes(row));
  return { $or: [{ processInstanceKey: { $in: keysOf(own) } }, ...(await ofForeign(foreign))] };
}

interface OfDefinition {
  readonly definition: Definition;
  readonly keys: readonly unknown[];
}

function perDefinition({ context }: Asked, cases: readonly Row[]): readonly OfDefinition[] {
  const groups = Map.groupBy(cases, (row) => String(row['processDefinitionKey']));
  return [...groups].flatMap(([key, rows]) => {
    const definition = context.runtime.definitions.byKey(key);
    return definition === undefined ? [] : [{ definition, keys: keysOf(rows) }];
  });
}

/** The case's own variables: those whose scope is the case itself. A step's own variable of the same name is another. */
function rootVariables(asked: Asked, foreign: readonly Row[]): readonly Filter[] {
  return perDefinition(asked, foreign).map(({ definition, keys }) => ({
    processInstanceKey: { $in: keys },
    scopeKey: { $in: keys },
    name: { $in: [...seenNames(asked.reader, definition)] },
  }));
}

/** Inside steps: everything of the agency's own steps, and the seen names of the sub-processes around. */
async function innerVariables(asked: Asked, foreign: readonly Row[]): Promise<readonly Filter[]> {
  if (foreign.length === 0 || foreign.length > MOST_INNER) return [];
  const { store } = asked.context.runtime;
  const within: Filter = { processInstanceKey: { $in: keysOf(foreign) } };
  const [own, around] = await Promise.all([
    allRows(store, 'elementInstances', { ...within, agency: asked.reader.agency ?? '', type: { $notIn: ['PROCESS', ...containers] } }),
    allRows(store, 'elementInstances', { ...within, type: { $in: containers } }),
  ]);
  const inside = perDefinition(asked, foreign).map(({ definition, keys }) => ({
    processInstanceKey: { $in: keys },
    scopeKey: { $in: around.map((row) => row['elementInstanceKey']) },
    name: { $in: [...seenNames(asked.reader, definition)] },
  }));
  return [{ ...within, scopeKey: { $in: own.map((row) => row['elementInstanceKey']) } }, ...inside];
}

function ownElements(reader: Reader, definition: Definition): readonly string[] {
  return [...definition.elements.values()].filter(({ agency }) => agency === reader.agency).map(({ id }) => id);
}

function seenDecisions(reader: Reader, definition: Definition): readonly string[] {
  const shown = definition.visibility.decisions.filter(({ agencies }) => agencies.includes(reader.agency ?? ''));
  // the same decision may be asked at another step too: then both must be seen
  const hidden = definition.visibility.decisions.filter((one) => !shown.includes(one)).map(({ decisionId }) => decisionId);
  return shown.map(({ decisionId }) => decisionId).filter((id) => !hidden.includes(id));
}

function keysOf(cases: readonly Row[]): readonly unknown[] {
  return cases.map((row) => row['processInstanceKey']);
}
