/** From an agency's contract to steps that analysts draw: look at a document, pick operations, get templates, compare with what was there. */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { allRows } from '../all-rows.ts';
import { parseBody } from '../input.ts';
import { readsRegister, registersAgencies, staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { ContractOperation, ImportedContract, OperationChange } from '../registry-tools.ts';
import type { Asked, Route } from '../route.ts';
import { touchedProcesses } from '../touched-processes.ts';
import { keptAgency, shownContract, toolsOf } from './agency-register.ts';

const sourceShape = {
  text: z.string().min(1).max(2_000_000).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
};
const oneSource = (given: { readonly text?: string | undefined; readonly url?: string | undefined }): boolean =>
  (given.text === undefined) !== (given.url === undefined);
const EITHER = 'Expected either text or url, but there are both or none';
const inspectBody = z.strictObject(sourceShape).refine(oneSource, EITHER);
const importBody = z
  .strictObject({
    ...sourceShape,
    operations: z.array(z.string().min(1).max(200)).min(1).max(200),
    acceptBreaking: z.boolean().default(false),
  })
  .refine(oneSource, EITHER);

type Source = z.infer<typeof inspectBody>;
/** with the import that changed it last */
type KeptOperation = ContractOperation & { readonly templateVersion: number };

const operationsOf = (row: Row | undefined): readonly KeptOperation[] => (row?.['operations'] ?? []) as readonly KeptOperation[];

/** Runs what reads somebody's document; what is wrong with it is the answer. */
async function told<T>(read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ContractProblem') throw error;
    const { faults } = error as unknown as { readonly faults: readonly unknown[] };
    throw new Problem('INVALID_RESOURCE', error.message, { problems: faults });
  }
}

function contractFrom(asked: Asked, { text, url }: Source): Promise<ImportedContract> {
  const tools = toolsOf(asked);
  return told(async () => tools.readContract(text ?? (await tools.fetchDocument(url ?? '')), url));
}

interface Difference {
  readonly changes: readonly OperationChange[];
  /** processes that call what changed */
  readonly touched: ReturnType<typeof touchedProcesses>;
  readonly breaking: boolean;
}

/** what calls are made by so far: the newest import, else what came with the house */
const knownOperations = async (
  asked: Asked,
  agencyId: string,
  before: Row | undefined,
): Promise<readonly ContractOperation[] | undefined> =>
  before === undefined ? await toolsOf(asked).shippedOperations(agencyId) : operationsOf(before);

function differenceOf(
  asked: Asked,
  agencyId: string,
  { known, after }: { readonly known: readonly ContractOperation[] | undefined; readonly after: readonly ContractOperation[] },
): Difference {
  const changes = known === undefined ? [] : toolsOf(asked).compareOperations(known, after);
  const ids = new Set(changes.filter(({ change }) => change !== 'added').map(({ operationId }) => operationId));
  const touched = touchedProcesses(asked.context.runtime.definitions, agencyId, ids);
  const used = new Set(touched.flatMap(({ operations }) => operations));
  return { changes, touched, breaking: changes.some(({ operationId, breaking }) => breaking && used.has(operationId)) };
}

async function inspect(asked: Asked) {
  const agencyId = keptAgency(asked);
  const contract = await contractFrom(asked, parseBody(asked, inspectBody));
  const before = await asked.context.runtime.store.get('agencyContracts', agencyId);
  const { format, title, apiVersion, hash, servers, notes, operations } = contract;
  const known = await knownOperations(asked, agencyId, before);
  const picked = new Set((known ?? []).map(({ operationId }) => operationId));
  const after = operations.filter(({ operationId }) => picked.has(operationId));
  return ok({
    format,
    title,
    apiVersion,
    hash,
    servers,
    notes,
    operations: operations.map((one) => ({ ...one, picked: picked.has(one.operationId) })),
    same: before?.['hash'] === hash,
    ...differenceOf(asked, agencyId, { known, after }),
  });
}

const TRIES = 5;

async function put(asked: Asked) {
  const agencyId = keptAgency(asked);
  const given = parseBody(asked, importBody);
  const contract = await contractFrom(asked, given);
  const document = await told(() => contract.documentOf(given.operations));
  const after = contract.operations.filter(({ operationId }) => given.operations.includes(operationId));
  const { templateOf, checkTemplate } = toolsOf(asked);
  for (const operation of after) await checkTemplate(templateOf({ agencyId, agencyName: agencyId, language: 'id', version: 1, operation }));
  const { store } = asked.context.runtime;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const before = await store.get('agencyContracts', agencyId);
    const difference = differenceOf(asked, agencyId, { known: await knownOperations(asked, agencyId, before), after });
    if (difference.breaking && !given.acceptBreaking)
      throw new Problem(
        'INVALID_STATE',
        'Expected a contract that keeps what processes use, but it changes that; look at the differences and accept them',
        {
          problems: [...difference.changes, ...difference.touched],
        },
      );
    const row = rowOf(asked, { agencyId, contract, document, after, before, changes: difference.changes });
    const history = { collection: 'agencyContracts', key: `${agencyId}.${String(row['version'])}` } as const;
    // the version's own row may not exist yet: two imports at once become two versions
    const written = await store.write(
      [{ op: 'put', collection: 'agencyContracts', key: agencyId, row }, { op: 'put', ...history, row: { ...row, isLatest: false } }],
      [history],
    ); // prettier-ignore
    if (written) return ok({ agencyId, ...shownContract(row), ...difference, notes: contract.notes });
  }
  throw new Problem('RESOURCE_EXHAUSTED', 'Expected to import the contract, but others import it at the same time; try again');
}

interface Import {
  readonly agencyId: string;
  readonly contract: ImportedContract;
  readonly document: Readonly<Record<string, unknown>>;
  readonly after: readonly ContractOperation[];
  readonly before: Row | undefined;
  readonly changes: readonly OperationChange[];
}

function rowOf(asked: Asked, { agencyId, contract, document, after, before, changes }: Import): Row {
  const { hash, title, apiVersion, format } = contract;
  const version = Number(before?.['version'] ?? 0) + 1;
  const changed = new Set(changes.map(({ operationId }) => operationId));
  const old = new Map(operationsOf(before).map((one) => [one.operationId, one.templateVersion]));
  const operations = after.map((one) => ({
    ...one,
    templateVersion: changed.has(one.operationId) ? version : (old.get(one.operationId) ?? version),
  }));
  const imported = { importedAt: asked.context.now(), importedBy: asked.reader.username };
  return { agencyId, version, isLatest: true, hash, title, apiVersion, format, document, operations, ...imported };
}

async function current(asked: Asked) {
  const agencyId = keptAgency(asked);
  const row = await asked.context.runtime.store.get('agencyContracts', agencyId);
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected a contract of this agency, but none was imported');
  return ok({ agencyId, ...shownContract(row) });
}

async function versions(asked: Asked) {
  const agencyId = keptAgency(asked);
  const rows = await allRows(asked.context.runtime.store, 'agencyContracts', { agencyId, isLatest: false }, [
    { field: 'version', order: 'DESC' },
  ]);
  return ok({ items: rows.map(shownContract) });
}

/**
 * Templates of every agency, in the reader's language: the modeler offers the newest as steps. Earlier versions come along, because diagrams
 * were drawn with them; what the agency no longer offers is marked.
 */
async function templates(asked: Asked) {
  const tools = toolsOf(asked);
  const { agencies, runtime } = asked.context;
  const language = asked.query['language'] === 'en' ? 'en' : 'id';
  const rows = await allRows(runtime.store, 'agencyContracts', { isLatest: false }, [{ field: 'version', order: 'DESC' }]);
  const items = [...Map.groupBy(rows, (row) => String(row['agencyId']))].flatMap(([agencyId, imports]) => {
    const agencyName = (language === 'en' ? agencies.nameEnOf(agencyId) : agencies.nameOf(agencyId)) ?? agencyId;
    const offered = new Set(operationsOf(imports[0]).map(({ operationId }) => operationId));
    const all = new Map(imports.flatMap(operationsOf).map((one) => [`${one.operationId} ${one.templateVersion}`, one]));
    return [...all.values()].map((operation) => {
      const template = tools.templateOf({ agencyId, agencyName, language, version: operation.templateVersion, operation });
      return offered.has(operation.operationId) ? template : { ...template, deprecated: true };
    });
  });
  return ok({ items });
}

const at = '/api/v1/agencies/:agencyId/contract' as const;

export const agencyContractRoutes: readonly Route[] = [
  { method: 'post', path: `${at}/inspection`, allow: readsRegister, body: inspectBody, summary: 'What a document offers and what it would change; nothing is kept', handler: inspect },
  { method: 'get', path: at, allow: readsRegister, summary: 'What was imported last', handler: current },
  { method: 'put', path: at, allow: registersAgencies, records: 'house', body: importBody, summary: 'Imports the picked operations of a contract', handler: put },
  { method: 'get', path: `${at}/versions`, allow: readsRegister, summary: 'Imports of a contract, newest first', handler: versions },
  { method: 'get', path: '/api/v1/element-templates', allow: staff, query: ['language'], summary: "Steps that call an agency, as element templates; `language=en` for English", handler: templates },
]; // prettier-ignore
