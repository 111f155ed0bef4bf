/**
 * The other thread: reads and compiles what a stranger sent. What is refused here never reaches the main thread;
 * what is accepted goes back as a plain tree, which the main thread compiles in the time that it took here.
 */
import { parentPort } from 'node:worker_threads';
import { compileDiagram, readDiagram } from '../engine/index.ts';
import { compileModel, readModel, usesOthers } from '../engine/dmn/index.ts';
import type { ReadAnswer, ReadRequest } from './read-apart.ts';

parentPort?.on('message', (request: ReadRequest) => {
  void answer(request).then((message) => parentPort?.postMessage(message));
});

parentPort?.postMessage('ready');

async function answer({ id, kind, text }: ReadRequest): Promise<ReadAnswer> {
  try {
    return { id, ...(kind === 'bpmn' ? await readBpmn(text) : await readDmn(text)) };
  } catch (error) {
    // stack exhausted, or a fault of ours that only this text finds
    const reason = error instanceof Error ? error.message : String(error);
    return { id, ok: false, problems: [{ ...unreadable, message: `Expected a file that can be read, but reading it failed: ${reason}.` }] };
  }
}

/** What is accepted is compiled once more on the main thread, which must not stand still for long. Milliseconds. */
const COMPILE_MS = 2_000;

function timed<T>(work: () => T): readonly [T, number] {
  const begun = performance.now();
  const result = work();
  return [result, performance.now() - begun];
}

function tooSlow(): Part {
  const message = `Expected a file that can be compiled within ${COMPILE_MS} milliseconds, but this one takes longer.`;
  return {
    ok: false,
    problems: [{ code: 'TOO_SLOW_TO_COMPILE', message, hint: 'Split it into several smaller files.', severity: 'error' }],
  };
}

const unreadable = { code: 'UNREADABLE', hint: 'Make it smaller or flatter.', severity: 'error' } as const;

type Part = ReadAnswer extends infer A ? (A extends ReadAnswer ? Omit<A, 'id'> : never) : never;

async function readBpmn(text: string): Promise<Part> {
  const read = await readDiagram(text);
  if (!read.ok) return read;
  const [{ ok, problems }, took] = timed(() => compileDiagram(read.diagram));
  if (took > COMPILE_MS) return tooSlow();
  return ok ? { ok, kind: 'bpmn', diagram: read.diagram, problems } : { ok, problems };
}

async function readDmn(text: string): Promise<Part> {
  const read = await readModel(text);
  if (!read.ok) return { ok: false, problems: [{ ...read.problem, severity: 'error' }] };
  // one that uses others is judged where those are known; how long it takes is seen here
  const uses = usesOthers(read.tree);
  const [{ ok, problems }, took] = timed(() => compileModel(read.tree, { lenient: uses }));
  if (took > COMPILE_MS) return tooSlow();
  if (uses) return { ok: true, kind: 'dmn', tree: read.tree, problems: [] };
  const told = problems.map((problem) => ({ ...problem, severity: 'error' }) as const);
  return ok ? { ok, kind: 'dmn', tree: read.tree, problems: told } : { ok, problems: told };
}
