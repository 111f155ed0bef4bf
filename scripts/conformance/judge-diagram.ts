/** One diagram as a case: it deploys, and each of its processes runs to the end; or what is wrong with it is told in the way that is expected. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from '../../engine/index.ts';
import type { Process } from '../../engine/process.ts';
import type { Json } from '../../engine/terms.ts';
import type { Resource } from '../../runtime/runtime.ts';
import { mockChildProcess, mockDecision } from '../../scenarios/mock-resources.ts';
import { openStage, ScenarioFailure } from '../../scenarios/stage.ts';
import { runToEnd } from './drive.ts';
import type { Play } from './drive.ts';
import { told, unnamed } from './refusal.ts';
import type { Tally } from './tally.ts';

export interface Playing extends Play {
  /** files that are deployed with it, relative to it */
  readonly companions?: readonly string[];
  /** what the set does not hold */
  readonly mocks?: { readonly processes?: readonly string[]; readonly decisions?: Readonly<Record<string, Json>> };
  /** the incident that this diagram is made to have, `KIND at element` */
  readonly incident?: string;
}

/** By file name. */
export interface Playbook {
  /** for every file that has no page of its own */
  readonly usual?: Playing;
  readonly plays?: Readonly<Record<string, Playing>>;
  /** broken on purpose: the code of the problem that tells it */
  readonly refused?: Readonly<Record<string, string>>;
  /** refused by Camunda as well, or not made for it: why */
  readonly notApplicable?: Readonly<Record<string, string>>;
}

export interface DiagramCase {
  readonly id: string;
  readonly path: string;
  readonly file: string;
}

export async function judgeDiagram(tally: Tally, { id, path, file }: DiagramCase, book: Playbook): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const result = await compile(text);
  const nameless = unnamed(result.problems);
  if (nameless !== undefined)
    return void tally.failed.push({ id, why: `refused without an element or a hint: ${nameless.code} ${nameless.message}` });
  const refusal = book.refused?.[file];
  const reason = book.notApplicable?.[file];
  if (!result.ok) {
    if (result.problems.some(({ code }) => code === refusal)) tally.passed.push(id);
    else if (reason !== undefined) tally.notApplicable.push({ id, reason });
    else tally.failed.push({ id, why: told(result.problems) });
    return;
  }
  if (refusal !== undefined || reason !== undefined)
    return void tally.failed.push({ id, why: `expected to be refused (${refusal ?? reason ?? ''}), but it deploys` });
  const own = book.plays?.[file];
  const playing = { ...book.usual, ...own, variables: { ...book.usual?.variables, ...own?.variables } };
  const resources = [{ name: file, text }, ...companionsOf(path, playing)];
  const failure = await firstFailure(resources, result.processes, playing);
  if (failure === undefined) tally.passed.push(id);
  else tally.failed.push({ id, why: failure });
}

function companionsOf(path: string, { companions = [], mocks }: Playing): readonly Resource[] {
  const files = companions.map((name) => ({ name, text: readFileSync(join(dirname(path), name), 'utf8') }));
  const processes = (mocks?.processes ?? []).map((id) => mockChildProcess(id, {}));
  return [...files, ...processes, ...Object.entries(mocks?.decisions ?? {}).map(([id, output]) => mockDecision(id, output))];
}

/** Each process gets a runtime of its own. */
async function firstFailure(resources: readonly Resource[], processes: readonly Process[], playing: Playing): Promise<string | undefined> {
  for (const process of processes) {
    const failure = await failureOf(resources, process, playing);
    if (failure !== playing.incident) return `${process.id}: ${failure ?? `expected ${playing.incident ?? ''}, but it ended`}`;
  }
  return undefined;
}

async function failureOf(resources: readonly Resource[], process: Process, playing: Playing): Promise<string | undefined> {
  let stage;
  try {
    stage = await openStage(resources);
    const incident = await runToEnd(stage, process, playing);
    if (incident === undefined) return undefined;
    const short = `${String(incident['errorType'])} at ${String(incident['elementId'])}`;
    return short === playing.incident ? short : `${short}: ${String(incident['errorMessage'])}`;
  } catch (error) {
    if (error instanceof ScenarioFailure) return error.message;
    throw error;
  } finally {
    await stage?.close();
  }
}
