/** Resources → definitions: all of them or none. What has not changed since its latest version keeps that version. */
import { createHash } from 'node:crypto';
import type { Actor, Key, Process, Rejection } from '../engine/index.ts';
import { visibilityOf } from '../engine/analysis/visibility.ts';
import type { VisibilityOptions } from '../engine/analysis/visibility.ts';
import { variablesRead } from '../engine/dmn/index.ts';
import type { Decisions } from '../engine/dmn/index.ts';
import { CITIZEN } from './citizen.ts';
import type { CollectionName, Row } from './collections.ts';
import type { DefinitionEntry } from './definitions.ts';
import { foreignOf, idsOf } from './foreign.ts';
import type { MayOwn } from './foreign.ts';
import type { RowChange } from './ports.ts';
import { readResources } from './read-resource.ts';
import type { Compiled } from './read-resource.ts';
import type { Room } from './room.ts';
import type { Deployment, Problem, Resource } from './runtime.ts';
import { endStartTimers, startTimerRows } from './timers.ts';

export type DeployAnswer = ({ readonly ok: true } & Deployment) | (Rejection & { readonly problems?: readonly Problem[] });

const TRIES = 20;

/** One at a time per process: versions are counted. */
export async function deploy(
  room: Room,
  resources: readonly Resource[],
  { by, mayOwn = () => true }: { readonly by: Actor; readonly mayOwn?: MayOwn },
): Promise<DeployAnswer> {
  if (resources.length === 0) return { ok: false, kind: 'INVALID_ARGUMENT', reason: 'Expected at least one resource, but there is none' };
  const read = await readResources(room, resources);
  const problems = [
    ...read.flatMap((answer) => answer.problems),
    ...sameIdTwice(read.flatMap(({ compiled }) => (compiled ? [compiled] : []))),
  ];
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    return {
      ok: false,
      kind: 'INVALID_ARGUMENT',
      reason: `Expected resources that can be deployed, but ${errors[0]?.resource ?? ''}: ${errors[0]?.message ?? ''}`,
      problems,
    };
  // versions are counted: of two processes that deploy at the same time the second one counts again
  for (let tries = 0; tries < TRIES; tries += 1) {
    await room.news.caughtUp();
    const all = read.flatMap(({ compiled }) => (compiled ? [compiled] : []));
    const foreign = foreignOf(room.book, all, mayOwn);
    if (foreign !== undefined) return { ok: false, kind: 'FORBIDDEN', reason: foreign };
    const making = new Making(room, await room.ids.next(), by);
    for (const compiled of usedFirst(all)) await making.add(compiled, all);
    const answer = await making.finish(problems);
    if (answer) return answer;
  }
  throw new Error(`Expected to deploy within ${TRIES} tries, but others were always first`);
}

function sameIdTwice(compiled: readonly Compiled[]): readonly Problem[] {
  const seen = new Set<string>();
  const ids = compiled.flatMap((one) => idsOf(one).map((id) => ({ id, resource: one.resource.name })));
  return ids.flatMap(({ id, resource }): readonly Problem[] => {
    const known = seen.has(id);
    seen.add(id);
    if (!known) return [];
    return [
      {
        resource,
        code: 'DUPLICATE_ID',
        message: `Expected each id once in a deployment, but '${id.split(' ')[1] ?? ''}' is there twice`,
        hint: 'Rename one of them.',
        severity: 'error',
      },
    ];
  });
}

/** Collects what one deployment writes; the book learns of it only after it is durable. */
class Making {
  readonly #room: Room;
  readonly #deploymentKey: Key;
  readonly #by: Actor;
  readonly #changes: RowChange[] = [];
  readonly #afterwards: (() => void)[] = [];
  readonly #fresh: DefinitionEntry['id'][] = [];
  /** of the decision models of this deployment */
  readonly #modelKeys = new Map<Decisions['graph'], Key>();
  readonly #made = {
    processes: [] as Row[],
    decisions: [] as Row[],
    requirements: [] as Row[],
    forms: [] as Row[],
    resources: [] as Row[],
  };

  constructor(room: Room, deploymentKey: Key, by: Actor) {
    this.#room = room;
    this.#deploymentKey = deploymentKey;
    this.#by = by;
  }

  async add(compiled: Compiled, beside: readonly Compiled[]): Promise<void> {
    if (compiled.kind === 'bpmn') await this.#addBpmn(compiled, sightOptions(this.#room, beside));
    else if (compiled.kind === 'dmn') await this.#addDmn(compiled);
    else if (compiled.kind === 'resource') await this.#addGeneric(compiled);
    else await this.#addForm(compiled);
  }

  /** Undefined: another process has deployed something meanwhile. */
  async finish(problems: readonly Problem[]): Promise<DeployAnswer | undefined> {
    const timers: RowChange[] = [];
    for (const id of this.#fresh) {
      const old = this.#room.book.latestEntry(id);
      if (old) timers.push(...(await endStartTimers(this.#room, old)));
    }
    if (this.#changes.length > 0 && !(await this.#room.news.announce([...this.#changes, ...timers]))) return undefined;
    this.#afterwards.forEach((learn) => learn());
    await this.#startTimers();
    return { ok: true, deploymentKey: this.#deploymentKey, ...this.#made, warnings: problems };
  }

  /** Their own write, because due times are asked of the finished definition. A crash in between is repaired at the start (`restoreStartTimers`). */
  async #startTimers(): Promise<void> {
    for (const id of this.#fresh) {
      const entry = this.#room.book.latestEntry(id);
      if (entry) await writeStartTimers(this.#room, entry);
    }
  }

  async #addBpmn({ resource, processes }: Extract<Compiled, { kind: 'bpmn' }>, sights: VisibilityOptions): Promise<void> {
    const shared = await this.#resource(resource, 'bpmn');
    for (const process of processes) {
      const old = this.#room.book.latestEntry(process.id)?.row;
      if (old?.['checksum'] === shared.checksum) this.#made.processes.push(old);
      else await this.#addProcess(process, { ...shared, resource, sights, ...(old && { old }) });
    }
  }

  async #addProcess(
    process: Process,
    from: Shared & { readonly resource: Resource; readonly sights: VisibilityOptions; readonly old?: Row },
  ): Promise<void> {
    const key = await this.#room.ids.next();
    const row: Row = {
      processDefinitionKey: key,
      processDefinitionId: process.id,
      name: process.name ?? process.id,
      version: this.#room.book.highest('processDefinitions', process.id) + 1,
      versionTag: process.versionTag,
      resourceName: from.resource.name,
      deploymentKey: this.#deploymentKey,
      hasStartForm: hasStartForm(process),
      isLatest: true,
      deployedAt: this.#room.clock.now(),
      ownerAgency: process.agency,
      agencies: agenciesOf(process),
      service: process.properties.get('alur:service') === 'true',
      checksum: from.checksum,
      resourceKey: from.resourceKey,
      deployedBy: this.#by.id,
      visibility: visibilityOf(process, from.sights),
    };
    this.#put('processDefinitions', key, { row, old: from.old && String(from.old['processDefinitionKey']) });
    this.#made.processes.push(row);
    this.#fresh.push(process.id);
    this.#afterwards.push(() => this.#room.book.addProcess(row, from.resource.text, process));
  }

  async #addDmn({ resource, model }: Extract<Compiled, { kind: 'dmn' }>): Promise<void> {
    const imports = model.graph.imports.map(({ graph }) => this.#modelKeys.get(graph) ?? this.#room.book.modelKey(graph) ?? '');
    const own = await this.#resource(resource, 'dmn');
    // the same text over another version of what it uses decides differently
    const shared = imports.length === 0 ? own : { ...own, checksum: hashOf(`${own.checksum} ${imports.join(' ')}`) };
    const { items } = await this.#room.store.search('decisionRequirements', {
      filter: { decisionRequirementsId: model.requirements.id, isLatest: true },
      limit: 1,
    });
    const [old] = items;
    if (old?.['checksum'] === shared.checksum) {
      this.#modelKeys.set(model.graph, String(old['decisionRequirementsKey']));
      this.#made.requirements.push(old);
      const known = await this.#room.store.search('decisionDefinitions', {
        filter: { decisionRequirementsKey: old['decisionRequirementsKey'] },
        limit: 1_000,
      });
      this.#made.decisions.push(...known.items);
      return;
    }
    const key = await this.#room.ids.next();
    const row: Row = {
      decisionRequirementsKey: key,
      decisionRequirementsId: model.requirements.id,
      decisionRequirementsName: model.requirements.name,
      version: this.#room.book.highest('decisionRequirements', model.requirements.id) + 1,
      resourceName: resource.name,
      deploymentKey: this.#deploymentKey,
      isLatest: true,
      ...(imports.length > 0 && { imports }),
      ...shared,
    };
    this.#modelKeys.set(model.graph, key);
    this.#put('decisionRequirements', key, { row, old: old && String(old['decisionRequirementsKey']) });
    this.#made.requirements.push(row);
    this.#afterwards.push(() => this.#room.book.addModel(row, model));
    for (const decision of model.decisions.values()) await this.#addDecision(decision, row);
  }

  async #addDecision(decision: Decisions['decisions'] extends ReadonlyMap<string, infer D> ? D : never, requirements: Row): Promise<void> {
    const old = this.#room.book.decision({ id: decision.id });
    const key = await this.#room.ids.next();
    const row: Row = {
      decisionDefinitionKey: key,
      decisionDefinitionId: decision.id,
      name: decision.name,
      version: this.#room.book.highest('decisionDefinitions', decision.id) + 1,
      ...(decision.versionTag !== undefined && { versionTag: decision.versionTag }),
      decisionRequirementsKey: requirements['decisionRequirementsKey'],
      decisionRequirementsId: requirements['decisionRequirementsId'],
      isLatest: true,
      deploymentKey: this.#deploymentKey,
    };
    this.#put('decisionDefinitions', key, { row, old: old?.key });
    this.#made.decisions.push(row);
    this.#afterwards.push(() => this.#room.book.addDecision(row, decision));
  }

  async #addForm({ resource, id, schema }: Extract<Compiled, { kind: 'form' }>): Promise<void> {
    const shared = await this.#resource(resource, 'form');
    const { items } = await this.#room.store.search('forms', { filter: { formId: id, isLatest: true }, limit: 1 });
    const [old] = items;
    if (old?.['checksum'] === shared.checksum) return void this.#made.forms.push(old);
    const key = await this.#room.ids.next();
    const versionTag = typeof schema['versionTag'] === 'string' ? { versionTag: schema['versionTag'] } : {};
    const row: Row = {
      formKey: key,
      formId: id,
      version: this.#room.book.highest('forms', id) + 1,
      ...versionTag,
      resourceName: resource.name,
      deploymentKey: this.#deploymentKey,
      isLatest: true,
      ...shared,
    };
    this.#put('forms', key, { row, old: old && String(old['formKey']) });
    this.#made.forms.push(row);
    // before the processes: their start forms look for it
    this.#afterwards.unshift(() => this.#room.book.addForm(row, schema));
  }

  /** The row is the file itself: nothing else refers to it. */
  async #addGeneric({ resource, id, versionTag }: Extract<Compiled, { kind: 'resource' }>): Promise<void> {
    const checksum = hashOf(resource.text);
    const old = this.#room.book.resource({ id });
    if (old?.['checksum'] === checksum && old['resourceName'] === resource.name) return void this.#made.resources.push(old);
    const resourceKey = await this.#room.ids.next();
    const row: Row = {
      resourceKey,
      resourceId: id,
      resourceName: resource.name,
      version: this.#room.book.highest('resources', id) + 1,
      ...(versionTag !== undefined && { versionTag }),
      kind: 'resource',
      deploymentKey: this.#deploymentKey,
      isLatest: true,
      checksum,
      ...(resource.encoding && { encoding: resource.encoding }),
    };
    this.#put('resources', resourceKey, { row: { ...row, text: resource.text }, old: old && String(old['resourceKey']) });
    this.#made.resources.push(row);
    this.#afterwards.unshift(() => this.#room.book.addResource(row));
  }

  /** The text is written once it is known that something refers to it: with the first row that does. */
  async #resource(resource: Resource, kind: string): Promise<Shared> {
    const checksum = hashOf(resource.text);
    const resourceKey = await this.#room.ids.next();
    this.#texts.set(resourceKey, {
      resourceKey,
      resourceName: resource.name,
      kind,
      deploymentKey: this.#deploymentKey,
      text: resource.text,
    });
    return { checksum, resourceKey };
  }
  readonly #texts = new Map<Key, Row>();

  #put(collection: CollectionName, key: Key, { row, old }: { readonly row: Row; readonly old: Key | undefined }): void {
    const resourceKey = String(row['resourceKey'] ?? '');
    const text = this.#texts.get(resourceKey);
    if (text) this.#changes.push({ op: 'put', collection: 'resources', key: resourceKey, row: text });
    this.#texts.delete(resourceKey);
    if (old !== undefined) this.#changes.push({ op: 'patch', collection, key: old, fields: { isLatest: false } });
    this.#changes.push({ op: 'put', collection, key, row });
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Decision models after those that they use: a key is known before somebody refers to it. */
function usedFirst(all: readonly Compiled[]): readonly Compiled[] {
  const known = new Map<Decisions['graph'], number>();
  const depth = (graph: Decisions['graph']): number => {
    const deep = known.get(graph) ?? Math.max(0, ...graph.imports.map((used) => depth(used.graph) + 1));
    known.set(graph, deep);
    return deep;
  };
  const place = (one: Compiled): number => (one.kind === 'dmn' ? depth(one.model.graph) : 0);
  return all.toSorted((left, right) => place(left) - place(right));
}

interface Shared {
  readonly checksum: string;
  readonly resourceKey: Key;
}

function hasStartForm(process: Process): boolean {
  return [...process.elements.values()].some(
    (element) => element.kind === 'start-event' && element.parent === process.id && element.form !== undefined,
  );
}

/** Forms and decisions of the same deployment come before those that are deployed already. */
function sightOptions({ book }: Room, beside: readonly Compiled[]): VisibilityOptions {
  const forms = new Map(beside.flatMap((one) => (one.kind === 'form' ? [[one.id, one.schema] as const] : [])));
  const decisions = new Map(beside.flatMap((one) => (one.kind === 'dmn' ? [...one.model.decisions] : [])));
  return {
    form: (id) => forms.get(id) ?? book.latestForm(id),
    decision: (id) => {
      const decision = decisions.get(id) ?? book.decision({ id })?.decision;
      return decision && variablesRead(decision);
    },
  };
}

function agenciesOf(process: Process): readonly string[] {
  const all = [process.agency, ...[...process.elements.values()].map(({ agency }) => agency), ...process.lanes.map(({ agency }) => agency)];
  return [...new Set(all.filter((agency) => agency !== undefined))].filter((agency) => agency !== CITIZEN).toSorted();
}

/** After a crash between a deployment's write and its timers: latest definitions whose timer starts have no row get one. */
export async function restoreStartTimers(room: Room): Promise<void> {
  for (const entry of room.book.latestEntries().filter(({ starts }) => starts.some(({ kind }) => kind === 'timer'))) {
    const { items } = await room.store.search('timers', {
      filter: { processDefinitionKey: entry.key, processInstanceKey: null },
      limit: 1,
    });
    const started =
      items.length > 0
        ? undefined
        : await room.store.search('processInstances', { filter: { processDefinitionKey: entry.key, startedBy: 'system' }, limit: 1 });
    if (started?.items.length === 0) await writeStartTimers(room, entry);
  }
}

/** Once per definition, whoever comes: the deployment itself, or the next leader who finds none. */
async function writeStartTimers(room: Room, entry: DefinitionEntry): Promise<void> {
  const rows = await startTimerRows(room, entry);
  if (rows.length === 0) return;
  const id = `start-timers-${entry.key}`;
  const mark: RowChange = { op: 'put', collection: 'idempotency', key: id, row: { id, createdAt: room.clock.now() } };
  await room.store.write([...rows, mark], [{ collection: 'idempotency', key: id }]);
}
