/**
 * BPMN text → executable processes, or a list of problems that name the element and what to do.
 * Runs in the browser too: the modeler checks a drawing with the very code that deploys it.
 */
import { BpmnModdle } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import type { Process } from '../process.ts';
import type { Problem } from '../problem.ts';
import { checkProcess } from './checks.ts';
import { Context } from './context.ts';
import { graphOf } from './graph.ts';
import { flatten, unflatten } from './flat.ts';
import type { FlatTree } from './flat.ts';
import { children, idOf, text } from './node.ts';
import type { Node } from './node.ts';
import { LIMITS, prescan } from './prescan.ts';

/** `problems` of an accepted diagram are warnings only; those of a refused one hold at least one error. */
export type CompileResult =
  | { readonly ok: true; readonly processes: readonly Process[]; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A diagram as the parser read it, plain enough to be sent to another thread. Both halves together are `compile`. */
export interface Diagram {
  readonly tree: FlatTree;
  readonly warnings: readonly Warning[];
}

export type DiagramRead = { readonly ok: true; readonly diagram: Diagram } | { readonly ok: false; readonly problems: readonly Problem[] };

export interface CompileOptions {
  /** it was accepted once and has instances: what is refused since then still runs as it did */
  readonly accepted?: boolean;
}

/** Never throws for anything that a text can contain. Only processes marked executable are compiled. */
export async function compile(xml: string, options: CompileOptions = {}): Promise<CompileResult> {
  const read = await readDiagram(xml);
  return read.ok ? compileDiagram(read.diagram, options) : read;
}

/** The second half: what was read → processes. */
export function compileDiagram({ tree, warnings }: Diagram, { accepted = false }: CompileOptions = {}): CompileResult {
  const definitions = unflatten(tree);
  const context = new Context();
  for (const warning of warnings) reportWarning(warning, context);
  const processes = executables(definitions, context).map((node) => compileProcess(node, definitions, context));
  const { problems } = context;
  const refused = !accepted && problems.some((problem) => problem.severity === 'error');
  return refused ? { ok: false, problems } : { ok: true, processes, problems };
}

interface Warning {
  readonly message: string;
  /** where: type, id and name only */
  readonly element?: Node;
  readonly property?: string;
}

const DRAWING: ReadonlySet<string> = new Set(['diagrams']);

/** The first half: text → what the parser makes of it. A hostile text costs time and memory here; the runtime does this in a thread of its own. */
export async function readDiagram(xml: string): Promise<DiagramRead> {
  const refused = prescan(xml);
  if (refused) return { ok: false, problems: [refused] };
  try {
    const { rootElement, warnings } = await new BpmnModdle({ zeebe }).fromXML(xml);
    return { ok: true, diagram: { tree: flatten(rootElement, DRAWING), warnings: warnings.map(plainWarning) } };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
    const problem = {
      code: 'MALFORMED_XML',
      message: `Expected a well-formed BPMN diagram, but reading it failed: ${reason}.`,
      hint: 'Export the diagram again from the modeler, or correct the place named above.',
      severity: 'error',
    } as const;
    return { ok: false, problems: [problem] };
  }
}

function plainWarning(warning: object): Warning {
  const { message, element, property } = warning as { readonly message: unknown; readonly element?: Node; readonly property?: unknown };
  const name = element && text(element, 'name');
  return {
    message: String(message).slice(0, 1_000),
    ...(element && { element: { $type: element.$type, id: idOf(element), ...(name !== undefined && { name }) } }),
    ...(typeof property === 'string' && { property }),
  };
}

/** What the parser could not make sense of. A reference into nothing or an id used twice would change the meaning: those are errors. */
function reportWarning(warning: Warning, context: Context): void {
  const node = warning.element ?? { $type: 'bpmn:Definitions' };
  const message = warning.message.replaceAll(/\s+/g, ' ').trim();
  if (/^unresolved reference/.test(message)) {
    // drawings may lose their element; that harms nobody
    const drawn = node.$type.startsWith('bpmndi:');
    const complaint = {
      code: 'DANGLING_REFERENCE',
      message: `Expected every reference to lead to an element, but '${String(warning.property)}' refers to ${message.replace('unresolved reference ', '')}.`,
      hint: 'Connect it again or delete it.',
    };
    return drawn ? context.warn(node, complaint) : context.error(node, complaint);
  }
  if (/duplicate ID/i.test(message))
    return context.error(node, {
      code: 'DUPLICATE_ID',
      message: `Expected every id once, but: ${message}.`,
      hint: 'Give one of the elements another id.',
    });
  if (/^unparsable content/.test(message))
    return context.error(node, { code: 'UNREADABLE_CONTENT', message: `Expected BPMN, but: ${message}.`, hint: 'Remove or correct it.' });
  context.warn(node, { code: 'NOT_UNDERSTOOD', message: `The parser says: ${message}.`, hint: 'Check this part of the diagram.' });
}

function executables(definitions: Node, context: Context): readonly Node[] {
  const processes = children(definitions, 'rootElements').filter((root) => root.$type === 'bpmn:Process');
  const executable = processes.filter((process) => process['isExecutable'] === true);
  if (executable.length === 0) {
    context.error(definitions, {
      code: 'NO_EXECUTABLE_PROCESS',
      message: 'Expected at least one executable process, but there is none.',
      hint: "Mark the process as executable (isExecutable='true').",
    });
  }
  return executable;
}

function compileProcess(node: Node, definitions: Node, context: Context): Process {
  const process = graphOf(node, definitions, context);
  if (process.elements.size > LIMITS.elements + 1) {
    context.error(node, {
      code: 'TOO_MANY_ELEMENTS',
      message: `Expected at most ${LIMITS.elements} elements, but process '${idOf(node)}' has ${process.elements.size - 1}.`,
      hint: 'Split it into several processes and connect them with call activities.',
    });
    return process;
  }
  checkProcess(process, node, context);
  return process;
}
