/**
 * The extension schema's own snippets, one for every `zeebe:` element: each is read and written again without loss;
 * whole diagrams compile, and so do flow elements when a process is drawn around them.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BpmnModdle } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import { compile } from '../../engine/index.ts';
import { isDefault } from './bpmn-defaults.ts';
import { findFiles } from './find-files.ts';
import { isIncomplete, told, unnamed, withStarts } from './refusal.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';
import { differences, readTree } from './xml-tree.ts';

const ROOT = 'camunda+zeebe-bpmn-moddle';

/** Diagrams that cannot be run by anybody, with what is wrong in them. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  // Camunda's own engine knows 'assigning' (formerly 'assignment'), not 'assign'
  ['zeebe-taskListeners.bpmn', 'INVALID_LISTENER'],
]);

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';
/** What may stand in a process. */
const FLOW_ELEMENT = /(?:[tT]ask|[eE]vent|[gG]ateway|[pP]rocess|callActivity)$/;

interface Snippet {
  readonly xml: string;
  /** moddle's name of the root element's type, e.g. bpmn:UserTask */
  readonly type: string;
  readonly local: string;
}

function snippetOf(xml: string): Snippet {
  const tag = /<(?:(\w+):)?(\w+)/.exec(xml.replace(/<\?.*?\?>/s, ''));
  const [, prefix = 'bpmn', local = 'definitions'] = tag ?? [];
  return { xml, local, type: `${prefix}:${local.slice(0, 1).toUpperCase()}${local.slice(1)}` };
}

/** Lines that tell what was lost on the way through the reader and the writer. */
async function lossOf({ xml, type }: Snippet): Promise<readonly string[]> {
  const moddle = new BpmnModdle({ zeebe });
  const { rootElement, warnings } = await moddle.fromXML(xml, type);
  const written = await moddle.toXML(rootElement);
  const references = /unresolved reference/;
  return [
    ...warnings.filter(({ message }) => !references.test(message)).map(({ message }) => message),
    ...differences(readTree(xml), readTree(written.xml), { isDefault }).filter((line) => !isReference(line)),
  ];
}

/** A snippet refers to what stands in the rest of its diagram; such a reference leads nowhere and cannot be kept. */
const isReference = (line: string): boolean => /attribute \w+Ref=|\/(?:incoming|outgoing)\[/.test(line);

/** The snippet as part of a whole diagram; undefined for what is no part of a process (a mapping, a binding). */
function diagramOf({ xml, local }: Snippet): string | undefined {
  if (local === 'definitions') return xml;
  const open = `<bpmn:definitions xmlns:bpmn="${BPMN}" xmlns:zeebe="${ZEEBE}" id="snippet" targetNamespace="urn:snippet">`;
  if (local === 'process')
    return `${open}${xml.replace(/isExecutable="\w+"/, '').replace('<bpmn:process', '<bpmn:process isExecutable="true"')}</bpmn:definitions>`;
  if (!FLOW_ELEMENT.test(local)) return undefined;
  const start = local === 'startEvent' ? '' : '<bpmn:startEvent id="begin" />';
  const named = /<[^>]*\bid=/.test(xml) ? xml : xml.replace(/<((?:\w+:)?\w+)/, '<$1 id="snippet-element"');
  return `${open}<bpmn:process id="around" isExecutable="true">${start}${named}</bpmn:process></bpmn:definitions>`;
}

async function judge(tally: Tally, path: string, id: string): Promise<void> {
  const snippet = snippetOf(readFileSync(path, 'utf8'));
  const loss = await lossOf(snippet);
  if (loss.length > 0) return void tally.failed.push({ id, why: loss.join('; ') });
  const diagram = diagramOf(snippet);
  if (diagram === undefined) return void tally.passed.push(id);
  const { problems } = await compile(diagram);
  const result = await compile(withStarts(diagram, problems));
  const code = REFUSED.get(basename(id));
  if (code !== undefined && result.problems.some((problem) => problem.code === code && problem.elementId !== undefined))
    return void tally.passed.push(id);
  const acceptable = result.ok || (isIncomplete(result.problems) && unnamed(result.problems) === undefined);
  if (acceptable) tally.passed.push(id);
  else tally.failed.push({ id, why: told(result.problems) });
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, ROOT);
  const files = findFiles(root, /\.bpmn$/);
  if (files === null) return null;
  const tally = newTally();
  for (const id of files) {
    await judge(tally, join(root, id), id).catch((error: unknown) => tally.failed.push({ id, why: String(error) }));
  }
  return tally;
};
