/**
 * Runs the engine's own compiler, and then its analysis, away from the drawing thread.
 * In: `{ about }`, once, what is deployed; `{ ticket, xml }` for each question. Out: `{ ticket, found, looked? }` or `{ ticket, failed }`.
 */
import { analyse } from '../engine/analysis/analyse.ts';
import type { AnalysisOptions, Finding } from '../engine/analysis/finding.ts';
import { visibilityOf } from '../engine/analysis/visibility.ts';
import { compileFiles, variablesRead } from '../engine/dmn/index.ts';
import { compile } from '../engine/index.ts';
import type { Json, Problem, Process } from '../engine/index.ts';
import type { Found, Seen, Verdict } from './checker.ts';
import type { Surroundings } from './surroundings.ts';

type Question = { readonly ticket: number; readonly xml: string } | { readonly about: Surroundings };

let deployed: readonly Process[] = [];
let known: Pick<AnalysisOptions, 'forms' | 'decisions'> = {};
let schemas: ReadonlyMap<string, Json> = new Map();

/** What cannot be compiled says nothing about its surroundings; the server told whoever published it. */
async function learn({ diagrams, decisions, forms }: Surroundings): Promise<void> {
  const compiled = await Promise.all(diagrams.map((xml) => compile(xml)));
  const models = await compileFiles(decisions.map((xml) => ({ name: '', xml })));
  deployed = compiled.flatMap((result) => (result.ok ? result.processes : []));
  schemas = new Map(forms.map(({ formId, schema }) => [formId, schema]));
  known = {
    forms: new Map(forms.map(({ formId, names }) => [formId, names])),
    decisions: new Map(
      models.flatMap((model) => (model.ok ? [...model.decisions.values()].map((each) => [each.id, variablesRead(each)] as const) : [])),
    ),
  };
}

function shown(process: Process, finding: Finding): Found {
  const { code, elementId, elementIds, message, hint, severity, values, path } = finding;
  const elementName = process.elements.get(elementId)?.name;
  return {
    source: 'analysis',
    code,
    elementId,
    elementIds,
    message,
    hint,
    severity,
    values,
    path,
    ...(elementName ? { elementName } : {}),
  };
}

function ofCompiler(problem: Problem): Found {
  return { ...problem, source: 'compiler', elementIds: problem.elementId ? [problem.elementId] : [], values: {}, path: [] };
}

const rank = { error: 0, warning: 1, info: 2 } as const;

/** As the server will read it off when this is published, with the forms and decisions that are deployed now. */
function seenOf(process: Process): Seen {
  const elements = [...process.elements.values()];
  const visibility = visibilityOf(process, { form: (id) => schemas.get(id), decision: (id) => known.decisions?.get(id) });
  const bound = [process.agency, ...elements.map(({ agency }) => agency), ...process.lanes.map(({ agency }) => agency)];
  const parties = [...bound.filter((agency) => agency !== undefined), ...visibility.variables.flatMap(({ agencies }) => agencies)];
  return {
    ...visibility,
    processId: process.id,
    processName: process.elements.get(process.id)?.name ?? process.id,
    parties: [...new Set(parties)],
    tasks: elements
      .filter(({ kind }) => kind === 'user-task')
      .map(({ id, name, agency }) => ({ elementId: id, elementName: name ?? id, agency: agency ?? process.agency })),
  };
}

/** `looked` is absent when the diagram did not compile: then its flow was not looked at. */
async function answer(xml: string): Promise<Exclude<Verdict, { readonly failed: string }>> {
  const result = await compile(xml);
  const problems = result.problems.map(ofCompiler);
  if (!result.ok) return { found: problems };
  const drawn = new Set(result.processes.map(({ id }) => id));
  const others = deployed.filter(({ id }) => !drawn.has(id));
  const all = result.processes.map((process) => ({ process, ...analyse(process, { ...known, others: [...result.processes, ...others] }) }));
  const found = [...problems, ...all.flatMap(({ process, findings }) => findings.map((finding) => shown(process, finding)))];
  const looked = { complete: all.every(({ verdict }) => verdict === 'complete'), states: all.reduce((sum, { states }) => sum + states, 0) };
  return { found: found.sort((a, b) => rank[a.severity] - rank[b.severity]), looked, seen: result.processes.map(seenOf) };
}

let ready: Promise<void> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  if ('about' in data) {
    ready = learn(data.about).catch(() => undefined);
    return;
  }
  const { ticket, xml } = data;
  ready
    .then(() => answer(xml))
    .then((verdict) => self.postMessage({ ticket, ...verdict }))
    .catch((error: unknown) => self.postMessage({ ticket, failed: error instanceof Error ? error.message : String(error) }));
});
