/** One deployed file, read and checked: what it holds, or what is wrong with it. Diagrams and decisions are read in another thread. */
import { compileDiagram } from '../engine/index.ts';
import type { Json, Process } from '../engine/index.ts';
import { compileTogether } from '../engine/dmn/index.ts';
import type { Decisions, FlatTree, Made } from '../engine/dmn/index.ts';
import type { Room } from './room.ts';
import type { Problem, Resource } from './runtime.ts';

export type Compiled =
  | { readonly kind: 'bpmn'; readonly resource: Resource; readonly processes: readonly Process[] }
  | { readonly kind: 'dmn'; readonly resource: Resource; readonly model: Decisions }
  | { readonly kind: 'form'; readonly resource: Resource; readonly id: string; readonly schema: { readonly [name: string]: Json } }
  | { readonly kind: 'resource'; readonly resource: Resource; readonly id: string; readonly versionTag?: string };

const LARGEST = 4 * 2 ** 20;

export interface Read {
  readonly compiled?: Compiled;
  readonly problems: readonly Problem[];
}

/** A decision model that was read; it is compiled together with those that it may use. */
interface ReadDecisions {
  readonly kind: 'tree';
  readonly resource: Resource;
  readonly tree: FlatTree;
}

/** What deploying this would complain about. Nothing is written. */
export async function checkResource(room: Room, resource: Resource): Promise<readonly Problem[]> {
  return (await readResources(room, [resource])).flatMap(({ problems }) => problems);
}

/** One answer for each. Decision models find those that they use among the others, else among what is deployed. */
export async function readResources(room: Room, resources: readonly Resource[]): Promise<readonly Read[]> {
  const read = await Promise.all(resources.map(async (resource) => await readResource(room, resource)));
  const trees = read.flatMap((one) => ('kind' in one ? [one] : []));
  const made = compileTogether(
    trees.map(({ resource, tree }) => ({ name: resource.name, tree })),
    { elsewhere: room.book.model },
  );
  return read.map((one) => ('kind' in one ? decisionsOf(one, made[trees.indexOf(one)]) : one));
}

function decisionsOf({ resource }: ReadDecisions, model: Made | undefined): Read {
  if (model?.ok) return { compiled: { kind: 'dmn', resource, model }, problems: [] };
  const problems = model?.problems ?? [];
  return { problems: problems.map((problem) => ({ ...problem, resource: resource.name, severity: 'error' })) };
}

async function readResource(room: Room, resource: Resource): Promise<Read | ReadDecisions> {
  if (Buffer.byteLength(resource.text) > LARGEST)
    return refused(resource, {
      code: 'TOO_LARGE',
      message: `Expected at most ${LARGEST} bytes, but it has more`,
      hint: 'Deploy it in smaller parts.',
    });
  if (resource.encoding && /\.(?:bpmn|dmn|form|rpa)$/.test(resource.name))
    return refused(resource, { code: 'NOT_TEXT', message: 'Expected the file to be UTF-8 text, but it is not', hint: 'Export it again.' });
  if (resource.name.endsWith('.bpmn')) return await readBpmn(room, resource);
  if (resource.name.endsWith('.dmn')) return await readDmn(room, resource);
  if (resource.name.endsWith('.form')) return readForm(resource);
  return readGeneric(resource);
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

async function readDmn({ reader }: Room, resource: Resource): Promise<Read | ReadDecisions> {
  const read = await reader.read('dmn', resource.text);
  if (read.ok && read.kind === 'dmn') return { kind: 'tree', resource, tree: read.tree };
  return { problems: read.problems.map((problem) => ({ ...problem, resource: resource.name })) };
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

/** Robots carry their id and version tag in the file; every other file is known by its name. */
function readGeneric(resource: Resource): Read {
  if (!resource.name.endsWith('.rpa')) return { compiled: { kind: 'resource', resource, id: resource.name }, problems: [] };
  const { id, versionTag } = namedIn(resource.text);
  if (typeof id !== 'string' || id === '')
    return refused(resource, {
      code: 'INVALID_RPA',
      message: 'Expected the robot script to be JSON with an id, but it is not',
      hint: 'Export the script again.',
    });
  return { compiled: { kind: 'resource', resource, id, ...(typeof versionTag === 'string' && { versionTag }) }, problems: [] };
}

function namedIn(text: string): { readonly id?: unknown; readonly versionTag?: unknown } {
  try {
    const json = JSON.parse(text) as unknown;
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
}
