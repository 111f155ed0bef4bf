/** Resources → definitions: all of them or none. What has not changed since its latest version keeps that version. */
import { createHash } from 'node:crypto';
import { compileDiagram } from '../engine/index.ts';
import type { Actor, Json, Key, Process, Rejection } from '../engine/index.ts';
import { compileModel } from '../engine/dmn/index.ts';
import type { Decisions } from '../engine/dmn/index.ts';
import { CITIZEN } from './citizen.ts';
import type { CollectionName, Row } from './collections.ts';
import type { DefinitionEntry } from './definitions.ts';
import type { RowChange } from './ports.ts';
import type { Room } from './room.ts';
import type { Deployment, Problem, Resource } from './runtime.ts';
import { endStartTimers, startTimerRows } from './timers.ts';

export type DeployAnswer = ({ readonly ok: true } & Deployment) | (Rejection & { readonly problems?: readonly Problem[] });

type Compiled =
  | { readonly kind: 'bpmn'; readonly resource: Resource; readonly processes: readonly Process[] }
  | { readonly kind: 'dmn'; readonly resource: Resource; readonly model: Decisions }
  | { readonly kind: 'form'; readonly resource: Resource; readonly id: string; readonly schema: { readonly [name: string]: Json } };

const LARGEST = 4 * 2 ** 20;

/** One at a time per process: versions are counted. */
export async function deploy(room: Room, resources: readonly Resource[], by: Actor): Promise<DeployAnswer> {
  if (resources.length === 0) return { ok: false, kind: 'INVALID_ARGUMENT', reason: 'Expected at least one resource, but there is none' };
  const read = await Promise.all(resources.map(async (resource) => await readResource(room, resource)));
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
  const making = new Making(room, await room.ids.next(), by);
  for (const { compiled } of read) if (compiled) await making.add(compiled);
  return await making.finish(problems);
}

interface Read {
  readonly compiled?: Compiled;
  readonly problems: readonly Problem[];
}

/** What deploying this would complain about. Nothing is written. */
export async function checkResource(room: Room, resource: Resource): Promise<readonly Problem[]> {
  return (await readResource(room, resource)).problems;
}

async function readResource(room: Room, resource: Resource): Promise<Read> {
  if (Buffer.byteLength(resource.text) > LARGEST)
    return refused(resource, {
      code: 'TOO_LARGE',
      message: `Expected at most ${LARGEST} bytes, but it has more`,
      hint: 'Deploy it in smaller parts.',
    });
  if (resource.name.endsWith('.bpmn')) return await readBpmn(room, resource);
  if (resource.name.endsWith('.dmn')) return await readDmn(room, resource);
  if (resource.name.endsWith('.form')) return readForm(resource);
  return refused(resource, {
    code: 'UNKNOWN_RESOURCE',
    message: 'Expected a name that ends with .bpmn, .dmn or .form, but it does not',
    hint: 'Rename the file.',
  });
}

function refused(resource: Resource, problem: Pick<Problem, 'code' | 'message' | 'hint'>): Read {
  return { problems: [{ ...problem, resource: resource.name, severity: 'error' }] };
}

/** The text is read in another thread; only what passed there is compiled here. */
async function readBpmn({ reader }: Room, resource: Resource): Promise<Read> {
  const read = await reader.read('bpmn', resource.text);
  const problems = read.problems.map((problem) => ({ ...problem, resource: resource.name }));
  if (!read.ok || read.kind !== 'bpmn') return { problems };
  const compiled = compileDiagram(read.diagram);
  if (!compiled.ok) throw new Error(`Expected '${resource.name}' to compile as it did in the reading thread, but it does not`);
  return { compiled: { kind: 'bpmn', resource, processes: compiled.processes.filter(({ executable }) => executable) }, problems };
}

async function readDmn({ reader }: Room, resource: Resource): Promise<Read> {
  const read = await reader.read('dmn', resource.text);
  const problems = read.problems.map((problem) => ({ ...problem, resource: resource.name }));
  if (!read.ok || read.kind !== 'dmn') return { problems };
  const model = compileModel(read.tree);
  if (!model.ok) throw new Error(`Expected '${resource.name}' to compile as it did in the reading thread, but it does not`);
  return { compiled: { kind: 'dmn', resource, model }, problems };
}

function readForm(resource: Resource): Read {
  try {
    const schema = JSON.parse(resource.text) as Json;
    const id = schema !== null && typeof schema === 'object' && 'id' in schema ? schema.id : undefined;
    if (typeof id === 'string' && id !== '')
      return { compiled: { kind: 'form', resource, id, schema: schema as { readonly [name: string]: Json } }, problems: [] };
    return refused(resource, {
      code: 'INVALID_FORM',
      message: 'Expected the form to have an id, but it has none',
      hint: 'Give the form an id in the form editor.',
    });
  } catch {
    return refused(resource, {
      code: 'INVALID_FORM',
      message: 'Expected the form to be JSON, but it is not',
      hint: 'Export the form again.',
    });
  }
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

function idsOf(compiled: Compiled): readonly string[] {
  if (compiled.kind === 'bpmn') return compiled.processes.map(({ id }) => `process ${id}`);
  return compiled.kind === 'dmn' ? [...compiled.model.decisions.keys()].map((id) => `decision ${id}`) : [`form ${compiled.id}`];
}

/** Collects what one deployment writes; the book learns of it only after it is durable. */
class Making {
  readonly #room: Room;
  readonly #deploymentKey: Key;
  readonly #by: Actor;
  readonly #changes: RowChange[] = [];
  readonly #afterwards: (() => void)[] = [];
  readonly #fresh: DefinitionEntry['id'][] = [];
  readonly #made = { processes: [] as Row[], decisions: [] as Row[], requirements: [] as Row[], forms: [] as Row[] };

  constructor(room: Room, deploymentKey: Key, by: Actor) {
    this.#room = room;
    this.#deploymentKey = deploymentKey;
    this.#by = by;
  }

  async add(compiled: Compiled): Promise<void> {
    if (compiled.kind === 'bpmn') await this.#addBpmn(compiled);
    else if (compiled.kind === 'dmn') await this.#addDmn(compiled);
    else await this.#addForm(compiled);
  }

  async finish(problems: readonly Problem[]): Promise<DeployAnswer> {
    const timers: RowChange[] = [];
    for (const id of this.#fresh) {
      const old = this.#room.book.latestEntry(id);
      if (old) timers.push(...(await endStartTimers(this.#room, old)));
    }
    if (this.#changes.length > 0) await this.#room.store.write([...this.#changes, ...timers]);
    this.#afterwards.forEach((learn) => learn());
    await this.#startTimers();
    return { ok: true, deploymentKey: this.#deploymentKey, ...this.#made, warnings: problems };
  }

  /** Their own write, because due times are asked of the finished definition. A crash in between is repaired at the start (`restoreStartTimers`). */
  async #startTimers(): Promise<void> {
    const rows: RowChange[] = [];
    for (const id of this.#fresh) {
      const entry = this.#room.book.latestEntry(id);
      if (entry) rows.push(...(await startTimerRows(this.#room, entry)));
    }
    if (rows.length > 0) await this.#room.store.write(rows);
  }

  async #addBpmn({ resource, processes }: Extract<Compiled, { kind: 'bpmn' }>): Promise<void> {
    const shared = await this.#resource(resource, 'bpmn');
    for (const process of processes) {
      const old = this.#room.book.latestEntry(process.id)?.row;
      if (old?.['checksum'] === shared.checksum) this.#made.processes.push(old);
      else await this.#addProcess(process, { ...shared, resource, ...(old && { old }) });
    }
  }

  async #addProcess(process: Process, from: Shared & { readonly resource: Resource; readonly old?: Row }): Promise<void> {
    const key = await this.#room.ids.next();
    const row: Row = {
      processDefinitionKey: key,
      processDefinitionId: process.id,
      name: process.name ?? process.id,
      version: Number(from.old?.['version'] ?? 0) + 1,
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
    };
    this.#put('processDefinitions', key, { row, old: from.old && String(from.old['processDefinitionKey']) });
    this.#made.processes.push(row);
    this.#fresh.push(process.id);
    this.#afterwards.push(() => this.#room.book.addProcess(row, from.resource.text, process));
  }

  async #addDmn({ resource, model }: Extract<Compiled, { kind: 'dmn' }>): Promise<void> {
    const shared = await this.#resource(resource, 'dmn');
    const { items } = await this.#room.store.search('decisionRequirements', {
      filter: { decisionRequirementsId: model.requirements.id, isLatest: true },
      limit: 1,
    });
    const [old] = items;
    if (old?.['checksum'] === shared.checksum) {
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
      version: Number(old?.['version'] ?? 0) + 1,
      resourceName: resource.name,
      deploymentKey: this.#deploymentKey,
      isLatest: true,
      ...shared,
    };
    this.#put('decisionRequirements', key, { row, old: old && String(old['decisionRequirementsKey']) });
    this.#made.requirements.push(row);
    for (const decision of model.decisions.values()) await this.#addDecision(decision, row);
  }

  async #addDecision(decision: Decisions['decisions'] extends ReadonlyMap<string, infer D> ? D : never, requirements: Row): Promise<void> {
    const old = this.#room.book.decision({ id: decision.id });
    const key = await this.#room.ids.next();
    const row: Row = {
      decisionDefinitionKey: key,
      decisionDefinitionId: decision.id,
      name: decision.name,
      version: Number(old?.row['version'] ?? 0) + 1,
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
      version: Number(old?.['version'] ?? 0) + 1,
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

  /** The text is written once it is known that something refers to it: with the first row that does. */
  async #resource(resource: Resource, kind: string): Promise<Shared> {
    const checksum = createHash('sha256').update(resource.text).digest('hex');
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

interface Shared {
  readonly checksum: string;
  readonly resourceKey: Key;
}

function hasStartForm(process: Process): boolean {
  return [...process.elements.values()].some(
    (element) => element.kind === 'start-event' && element.parent === process.id && element.form !== undefined,
  );
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
    if (started?.items.length === 0) await room.store.write(await startTimerRows(room, entry));
  }
}
