/** Everything that is deployed, compiled, in memory. Made once per definition and frozen from then on. */
import { agencyOf, compile, elementName, elementType, raisedIn, startForm, startSubscriptions } from '../engine/index.ts';
import type { Binding, DeployedDecision, Json, Key, Library, Moment, Process, StartSubscription } from '../engine/index.ts';
import { visibilityOf } from '../engine/analysis/visibility.ts';
import type { Visibility } from '../engine/analysis/visibility.ts';
import { compileDecisions, fitting, variablesRead } from '../engine/dmn/index.ts';
import type { Decision, Decisions, ImportWanted } from '../engine/dmn/index.ts';
import { collections } from './collections.ts';
import type { Row } from './collections.ts';
import { deployedDecision } from './deployed-decision.ts';
import { phasesOf } from './phases.ts';
import type { Filter, Store } from './ports.ts';
import type { DefinedElement, Definition, Definitions } from './runtime.ts';
import { allRows } from './every-row.ts';

export interface DefinitionEntry extends Definition {
  readonly key: Key;
  readonly id: string;
  readonly version: number;
  readonly process: Process;
  readonly library: Library;
  readonly starts: readonly StartSubscription[];
  readonly startsByMessage: boolean;
}

export interface DecisionEntry {
  readonly key: Key;
  readonly row: Row;
  readonly decision: Decision;
  readonly deployed: DeployedDecision;
}

interface ModelEntry {
  readonly row: Row;
  readonly model: Decisions;
}

function asCandidate({ row, model }: ModelEntry) {
  return { name: String(row['resourceName']), namespace: model.graph.namespace, ids: model.graph.ids, model };
}

/** what is kept in versions */
export type Shelved = 'processDefinitions' | 'decisionDefinitions' | 'decisionRequirements' | 'forms' | 'resources';

type Form = NonNullable<ReturnType<Definitions['form']>>;
interface FormEntry extends Form {
  readonly row: Row;
}

export interface DefinitionBook extends Definitions {
  entry(processDefinitionKey: Key): DefinitionEntry | undefined;
  latestEntry(processDefinitionId: string): DefinitionEntry | undefined;
  version(processDefinitionId: string, version: number): DefinitionEntry | undefined;
  /** one that new cases may begin with: not withdrawn */
  startable(processDefinitionKey: Key): DefinitionEntry | undefined;
  /** the highest version number ever given to this id, 0 without any: numbers are given once */
  highest(collection: Shelved, id: string): number;
  /** keys of the versions that stand, oldest first */
  standing(collection: Shelved, id: string): readonly Key[];
  /** stays known by its key, for the cases that it has, and is no version of its id any more */
  withdraw(collection: Shelved, key: Key): void;
  /** the newest version of each process */
  latestEntries(): readonly DefinitionEntry[];
  decision(idOrKey: { readonly id?: string; readonly key?: Key }): DecisionEntry | undefined;
  /** key of this very version */
  decisionKey(decision: Decision): Key | undefined;
  /** the newest version of a model that an import may mean */
  model(wanted: ImportWanted): Decisions | undefined;
  /** key of the version that this model was deployed as */
  modelKey(model: Decisions['graph']): Key | undefined;
  modelByKey(decisionRequirementsKey: Key): Decisions | undefined;
  latestForm(formId: string): Json | undefined;
  addProcess(row: Row, xml: string, process: Process): void;
  /** a decision model, whether it holds decisions or only what others use */
  addModel(row: Row, model: Decisions): void;
  addDecision(row: Row, decision: Decision): void;
  addForm(row: Row, schema: Json): void;
  /** a deployed file of any other kind, without its text */
  resource(idOrKey: { readonly id?: string; readonly key?: Key }): Row | undefined;
  addResource(row: Row): void;
}

/** `moment`: when and under which settings of the cluster what is deployed is worked out. */
export function createDefinitionBook(moment: () => Moment): DefinitionBook {
  const processes = new Shelf<DefinitionEntry>();
  const decisions = new Shelf<DecisionEntry>();
  const models = new Shelf<ModelEntry>();
  const decisionKeys = new Map<Decision, Key>();
  const modelKeys = new Map<Decisions['graph'], Key>();
  const forms = new Shelf<FormEntry>();
  const resources = new Shelf<{ readonly row: Row }>();
  const sightsOf = (process: Process): Visibility =>
    visibilityOf(process, {
      form: (id) => forms.latest(id)?.schema,
      decision: (id) => named(decisions.latest(id)?.decision),
    });
  const libraryFor = (row: Row): Library => ({
    decision: (id, binding) => decisions.bound(id, binding, row)?.deployed,
    form: (id, binding) => keyed(forms.bound(id, binding, row)?.formKey),
    process: (id, binding) => keyed(processes.bound(id, binding, row)?.key),
    resource: (id, binding) => keyed(resources.bound(id, binding, row)?.row['resourceKey'] as Key | undefined),
  });
  return {
    latest: (id) => processes.latest(id),
    byKey: (key) => processes.byKey.get(key),
    all: () => [...processes.byKey.values()],
    form: (key) => forms.byKey.get(key),
    entry: (key) => processes.byKey.get(key),
    latestEntry: (id) => processes.latest(id),
    version: (id, version) => processes.version(id, version),
    startable: (key) => (processes.stands(key) ? processes.byKey.get(key) : undefined),
    ...versionsOn({ processDefinitions: processes, decisionDefinitions: decisions, decisionRequirements: models, forms, resources }),
    latestEntries: () => processes.allLatest(),
    decision: ({ id, key }) => (key === undefined ? decisions.latest(id ?? '') : decisions.byKey.get(key)),
    model: (wanted) => fitting(wanted, models.allLatest().map(asCandidate))?.model,
    modelKey: (graph) => modelKeys.get(graph),
    modelByKey: (key) => models.byKey.get(key)?.model,
    addModel: (row, model) => {
      const key = String(row['decisionRequirementsKey']);
      models.add(String(row['decisionRequirementsId']), key, { row, model });
      modelKeys.set(model.graph, key);
    },
    decisionKey: (decision) => decisionKeys.get(decision),
    latestForm: (id) => forms.latest(id)?.schema,
    addProcess: (row, xml, process) => {
      const entry = processEntry(row, { xml, process, library: libraryFor(row), sightsOf, moment });
      processes.add(entry.id, entry.key, entry);
    },
    addDecision: (row, decision) => {
      const key = String(row['decisionDefinitionKey']);
      decisionKeys.set(decision, key);
      const deployed = deployedDecision(key, decision, (required) => decisionKeys.get(required));
      decisions.add(String(row['decisionDefinitionId']), key, { key, row, decision, deployed });
    },
    addForm: (row, schema) => {
      const [formKey, formId, version] = [String(row['formKey']), String(row['formId']), Number(row['version'])];
      forms.add(formId, formKey, { formKey, formId, version, schema, row });
    },
    resource: ({ id, key }) => (key === undefined ? resources.latest(id ?? '') : resources.byKey.get(key))?.row,
    addResource: ({ text: _text, ...row }) => resources.add(String(row['resourceId']), String(row['resourceKey']), { row }),
  };
}

type Versions = Pick<Shelf<{ readonly row: Row }>, 'highest' | 'standing' | 'withdraw'>;

function versionsOn(shelves: Readonly<Record<Shelved, Versions>>): Pick<DefinitionBook, 'highest' | 'standing' | 'withdraw'> {
  return {
    highest: (collection, id) => shelves[collection].highest(id),
    standing: (collection, id) => shelves[collection].standing(id),
    withdraw: (collection, key) => shelves[collection].withdraw(key),
  };
}

function keyed(key: Key | undefined): { readonly key: Key } | undefined {
  return key === undefined ? undefined : { key };
}

/** Versions of things with an id. */
class Shelf<T extends { readonly row: Row }> {
  readonly byKey = new Map<Key, T>();
  /** those that stand, by id, oldest first */
  readonly #versions = new Map<string, T[]>();
  readonly #highest = new Map<string, number>();
  add(id: string, key: Key, entry: T): void {
    // two who learn of it at the same time
    if (this.byKey.has(key)) return;
    this.byKey.set(key, entry);
    this.#keys.set(entry, { id, key });
    this.#highest.set(id, Math.max(this.highest(id), Number(entry.row['version'])));
    if (entry.row['withdrawn'] === true) return;
    const versions = this.#versions.get(id) ?? [];
    versions.push(entry);
    this.#versions.set(
      id,
      versions.toSorted((left, right) => Number(left.row['version']) - Number(right.row['version'])),
    );
  }
  readonly #keys = new Map<T, { readonly id: string; readonly key: Key }>();
  highest(id: string): number {
    return this.#highest.get(id) ?? 0;
  }
  standing(id: string): readonly Key[] {
    return (this.#versions.get(id) ?? []).map((entry) => this.#keys.get(entry)?.key ?? '');
  }
  stands(key: Key): boolean {
    const entry = this.byKey.get(key);
    const id = entry && this.#keys.get(entry)?.id;
    return id !== undefined && this.standing(id).includes(key);
  }
  withdraw(key: Key): void {
    const entry = this.byKey.get(key);
    const id = entry && this.#keys.get(entry)?.id;
    if (id !== undefined)
      this.#versions.set(
        id,
        (this.#versions.get(id) ?? []).filter((one) => one !== entry),
      );
  }
  latest(id: string): T | undefined {
    return this.#versions.get(id)?.at(-1);
  }
  allLatest(): readonly T[] {
    return [...this.#versions.values()].flatMap((versions) => versions.slice(-1));
  }
  version(id: string, version: number): T | undefined {
    return this.#versions.get(id)?.find(({ row }) => row['version'] === version);
  }
  /**
   * `deployment`: the version of the same deployment; where that one was reused unchanged, the version that was the newest then.
   * Deployment keys grow, so that is the newest one that is not younger than the asking definition's deployment.
   */
  bound(id: string, binding: Binding, asking: Row): T | undefined {
    const versions = this.#versions.get(id) ?? [];
    if (binding.type === 'latest') return versions.at(-1);
    if (binding.type === 'versionTag') return versions.findLast(({ row }) => row['versionTag'] === binding.versionTag);
    return versions.findLast(({ row }) => BigInt(String(row['deploymentKey'])) <= BigInt(String(asking['deploymentKey'])));
  }
}

function named(decision: Decision | undefined): readonly string[] | undefined {
  return decision && variablesRead(decision);
}

interface Made {
  readonly sightsOf: (process: Process) => Visibility;
  readonly xml: string;
  readonly process: Process;
  readonly library: Library;
  readonly moment: () => Moment;
}

function processEntry(row: Row, { xml, process, library, moment, sightsOf }: Made): DefinitionEntry {
  const starts = startsUnder(process, moment);
  return {
    row,
    xml,
    process,
    library,
    get starts() {
      return starts();
    },
    key: String(row['processDefinitionKey']),
    id: String(row['processDefinitionId']),
    version: Number(row['version']),
    get startsByMessage() {
      return starts().some(({ kind }) => kind === 'message');
    },
    properties: process.properties,
    ...(process.starters && { starters: process.starters }),
    elements: elementsOf(process),
    phases: phasesOf(process),
    // those that were deployed before views were stored with the definition get theirs from what is deployed now
    visibility: (row['visibility'] as Visibility | undefined) ?? sightsOf(process),
    // asked each time: bound to the latest version, the form changes without the process
    get startFormKey() {
      const form = startForm(process);
      return form && library.form(form.id, form.binding)?.key;
    },
  };
}

/** Names of messages and signals may come from cluster variables: worked out again when those have changed. */
function startsUnder(process: Process, moment: () => Moment): () => readonly StartSubscription[] {
  let under = moment();
  let starts = startSubscriptions(process, under);
  return () => {
    const now = moment();
    if (now.cluster !== under.cluster) [under, starts] = [now, startSubscriptions(process, now)];
    return starts;
  };
}

function elementsOf(process: Process): ReadonlyMap<string, DefinedElement> {
  const ids = new Set([process.id, ...process.elements.keys()]);
  return new Map(
    [...ids].map((id) => {
      const agency = agencyOf(process, id);
      const properties = id === process.id ? process.properties : (process.elements.get(id)?.properties ?? new Map<string, string>());
      const name = id === process.id ? (process.name ?? id) : elementName(process, id);
      const raises = raisedIn(process, id);
      const more = { ...(agency !== undefined && { agency }), ...(raises.length > 0 && { raises }) };
      return [id, { id, name, type: elementType(process, id), properties, ...more }];
    }),
  );
}

/** Reads what the store holds and the book does not know into the book. Throws when a stored definition no longer compiles: starting without it would lose its instances. */
export async function loadDefinitions(store: Store, book: DefinitionBook, compiling: typeof compile = compile): Promise<void> {
  const text = cachedText(store);
  for (const row of await unknown(store, book, { collection: 'forms', find: (key) => book.form(key) }))
    book.addForm(row, JSON.parse(await text(row)) as Json);
  for (const row of await newResources(store, book)) book.addResource(row);
  // a model is used by younger ones only
  for (const row of byAge(await unknown(store, book, { collection: 'decisionRequirements', find: book.modelByKey })))
    book.addModel(row, await modelOf(book, row, text));
  for (const row of await unknown(store, book, { collection: 'decisionDefinitions', find: (key) => book.decision({ key }) }))
    addLoadedDecision(book, row);
  for (const row of await unknown(store, book, { collection: 'processDefinitions', find: book.entry })) {
    const xml = await text(row);
    const compiled = await compiling(xml, { accepted: true });
    const process = compiled.ok ? compiled.processes.find(({ id }) => id === row['processDefinitionId']) : undefined;
    if (process === undefined)
      throw new Error(
        `Expected the stored process ${String(row['processDefinitionId'])} version ${String(row['version'])} to compile, but it does not`,
      );
    book.addProcess(row, xml, process);
  }
}

type TextOf = (row: Row) => Promise<string>;

function byAge(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((left, right) =>
    BigInt(String(left['decisionRequirementsKey'])) < BigInt(String(right['decisionRequirementsKey'])) ? -1 : 1,
  );
}

/** Compiled with the very versions that it was deployed with. */
async function modelOf(book: DefinitionBook, row: Row, text: TextOf): Promise<Decisions> {
  const uses = [...((row['imports'] ?? []) as readonly Key[])];
  const compiled = await compileDecisions(await text(row), { lenient: true, imported: () => book.modelByKey(uses.shift() ?? '') });
  if (compiled.ok) return compiled;
  throw new Error(`Expected the stored decisions ${String(row['decisionRequirementsId'])} to compile, but they do not`);
}

function addLoadedDecision(book: DefinitionBook, row: Row): void {
  const decision = book.modelByKey(String(row['decisionRequirementsKey']))?.decisions.get(String(row['decisionDefinitionId']));
  if (decision === undefined)
    throw new Error(`Expected the stored decision ${String(row['decisionDefinitionId'])} to compile, but it does not`);
  book.addDecision(row, decision);
}

function cachedText(store: Store): TextOf {
  return async (row) => String((await store.get('resources', String(row['resourceKey'])))?.['text'] ?? '');
}

const keyOf = (collection: Shelved, row: Row): Key =>
  String(row[collection === 'resources' ? 'resourceKey' : (collections[collection].key ?? '')]);

/** What another process withdrew. */
function learnWithdrawn(book: DefinitionBook, collection: Shelved, rows: readonly Row[]): void {
  for (const row of rows) if (row['withdrawn'] === true) book.withdraw(collection, keyOf(collection, row));
}

async function unknown(
  store: Store,
  book: DefinitionBook,
  { collection, find }: { readonly collection: Shelved; readonly find: (key: Key) => unknown },
): Promise<readonly Row[]> {
  const rows = await everything(store, collection);
  learnWithdrawn(book, collection, rows);
  return rows.filter((row) => find(keyOf(collection, row)) === undefined);
}

async function newResources(store: Store, book: DefinitionBook): Promise<readonly Row[]> {
  const rows = await everything(store, 'resources', { kind: 'resource' });
  learnWithdrawn(book, 'resources', rows);
  return rows.filter((row) => book.resource({ key: String(row['resourceKey']) }) === undefined);
}

async function everything(store: Store, collection: Shelved, filter: Filter = {}): Promise<readonly Row[]> {
  return await allRows(store, collection, { filter });
}
