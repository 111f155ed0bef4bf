import type { Runtime } from '../runtime.ts';
import { PatternParser, PatternProblem, isWordChar } from './parse-pattern.ts';
import type { CharTest, PatternNode } from './parse-pattern.ts';

/**
 * A backtracking-free matcher: the pattern becomes a small program, and all its threads walk the text together, one character at a
 * time, in order of preference (Pike's machine). Time is at most length of the text x length of the program.
 */

type Instruction =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'start' | 'end' | 'boundary' | 'no-boundary' | 'match' };

export interface Pattern {
  readonly groups: number;
  /** flag q: the pattern and the replacement are plain text */
  readonly literal: boolean;
  /** Start and end of the first match at or after `from`, then of each group (-1 when it took no part); null without a match. */
  find(input: string, from: number, runtime: Runtime): readonly number[] | null;
}

const PROGRAM_LIMIT = 20_000;
const SOURCE_LIMIT = 5_000;

/** The compiled pattern, or the sentence that says why there is none. */
export function compilePattern(source: string, flags: string): Pattern | string {
  if (/[^ismxq]/.test(flags)) return `Expected only the flags i, s, m, x and q for a regular expression, but got "${flags}".`;
  if (source.length > SOURCE_LIMIT) return `Expected a regular expression of at most ${SOURCE_LIMIT} characters, but it is longer.`;
  const literal = flags.includes('q');
  const on = {
    ignoreCase: flags.includes('i'),
    dotAll: flags.includes('s'),
    multiline: flags.includes('m'),
    extended: flags.includes('x') && !literal,
  };
  const parser = new PatternParser(literal ? source.replace(/[\\^$.|?*+()[\]{}-]/g, '\\$&') : source, on);
  try {
    const program: Instruction[] = [{ op: 'save', slot: 0 }];
    emit(program, parser.parse());
    program.push({ op: 'save', slot: 1 }, { op: 'match' });
    const { groups } = parser;
    return {
      groups,
      literal,
      find: (input, from, runtime) => new Machine(program, { input, multiline: on.multiline, slots: 2 * groups + 2 }).find(from, runtime),
    };
  } catch (problem) {
    if (problem instanceof PatternProblem) return problem.message;
    throw problem;
  }
}

function push(program: Instruction[], instruction: Instruction): void {
  if (program.length >= PROGRAM_LIMIT) throw new PatternProblem('Expected a smaller regular expression, but its repetitions multiply.');
  program.push(instruction);
}

function emit(program: Instruction[], node: PatternNode): void {
  switch (node.t) {
    case 'char':
      return push(program, { op: 'char', test: node.test });
    case 'sequence':
      return node.parts.forEach((part) => emit(program, part));
    case 'choice':
      return emitChoice(program, node.parts);
    case 'repeat':
      return emitRepeat(program, node);
    case 'group':
      push(program, { op: 'save', slot: node.number * 2 });
      emit(program, node.of);
      return push(program, { op: 'save', slot: node.number * 2 + 1 });
    default:
      return push(program, { op: node.t });
  }
}

function emitChoice(program: Instruction[], parts: readonly PatternNode[]): void {
  const jumps: { op: 'jump'; to: number }[] = [];
  for (const [at, part] of parts.entries()) {
    if (at === parts.length - 1) {
      emit(program, part);
      break;
    }
    const split = { op: 'split' as const, first: program.length + 1, second: 0 };
    push(program, split);
    emit(program, part);
    const jump = { op: 'jump' as const, to: 0 };
    push(program, jump);
    jumps.push(jump);
    split.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
}

function emitRepeat(program: Instruction[], node: PatternNode & { t: 'repeat' }): void {
  for (let count = 0; count < node.min; count++) emit(program, node.of);
  if (node.max === Infinity) return emitLoop(program, node);
  const splits: { at: number; split: Instruction & { op: 'split' } }[] = [];
  for (let count = node.min; count < node.max; count++) {
    const split: Instruction & { op: 'split' } = { op: 'split', first: 0, second: 0 };
    push(program, split);
    splits.push({ at: program.length, split });
    emit(program, node.of);
  }
  for (const { at, split } of splits) aim(split, { into: at, past: program.length, greedy: node.greedy });
}

function emitLoop(program: Instruction[], node: PatternNode & { t: 'repeat' }): void {
  const split: Instruction & { op: 'split' } = { op: 'split', first: 0, second: 0 };
  const start = program.length;
  push(program, split);
  emit(program, node.of);
  push(program, { op: 'jump', to: start });
  aim(split, { into: start + 1, past: program.length, greedy: node.greedy });
}

function aim(split: { first: number; second: number }, to: { into: number; past: number; greedy: boolean }): void {
  split.first = to.greedy ? to.into : to.past;
  split.second = to.greedy ? to.past : to.into;
}

interface Thread {
  readonly pc: number;
  readonly saved: readonly number[];
}

class Machine {
  private readonly program: readonly Instruction[];
  private readonly input: string;
  private readonly multiline: boolean;
  private readonly slots: number;
  /** at which step an instruction was last entered: no instruction runs twice at one position */
  private readonly seen: Int32Array;
  private step = 0;

  constructor(program: readonly Instruction[], on: { input: string; multiline: boolean; slots: number }) {
    this.program = program;
    this.input = on.input;
    this.multiline = on.multiline;
    this.slots = on.slots;
    this.seen = new Int32Array(program.length);
  }

  find(from: number, runtime: Runtime): readonly number[] | null {
    let threads: Thread[] = [];
    let best: readonly number[] | null = null;
    let at = from;
    for (;;) {
      if (!best) threads = this.started(threads, at);
      if (threads.length === 0 && best) return best;
      runtime.spend(1 + (threads.length >> 3));
      const code = this.input.codePointAt(at);
      const width = code === undefined ? 1 : code > 0xffff ? 2 : 1;
      const next: Thread[] = [];
      this.step++;
      for (const thread of threads) {
        const instruction = this.program[thread.pc];
        if (instruction?.op === 'match') {
          best = thread.saved;
          break;
        }
        if (instruction?.op === 'char' && code !== undefined && instruction.test(code))
          this.add(next, { pc: thread.pc + 1, saved: thread.saved }, at + width);
      }
      if (code === undefined) return best;
      threads = next;
      at += width;
    }
  }

  /** Adds a new attempt behind the running ones: those began earlier and are preferred. */
  private started(threads: Thread[], at: number): Thread[] {
    if (threads.length === 0) this.step++;
    this.add(threads, { pc: 0, saved: new Array<number>(this.slots).fill(-1) }, at);
    return threads;
  }

  /** Follows everything that takes no character. A list instead of recursion, because programs can be long. */
  private add(list: Thread[], start: Thread, at: number): void {
    const todo: Thread[] = [start];
    for (let thread = todo.pop(); thread; thread = todo.pop()) {
      const { pc, saved } = thread;
      const instruction = this.program[pc];
      if (!instruction || this.seen[pc] === this.step) continue;
      this.seen[pc] = this.step;
      switch (instruction.op) {
        case 'jump':
          todo.push({ pc: instruction.to, saved });
          break;
        case 'split':
          todo.push({ pc: instruction.second, saved }, { pc: instruction.first, saved });
          break;
        case 'save':
          todo.push({ pc: pc + 1, saved: saved.with(instruction.slot, at) });
          break;
        case 'char':
        case 'match':
          list.push(thread);
          break;
        default:
          if (this.holds(instruction.op, at)) todo.push({ pc: pc + 1, saved });
      }
    }
  }

  private holds(op: 'start' | 'end' | 'boundary' | 'no-boundary', at: number): boolean {
    if (op === 'start') return at === 0 || (this.multiline && this.input[at - 1] === '\n');
    if (op === 'end') return at === this.input.length || (this.multiline && this.input[at] === '\n');
    const before = at > 0 && isWordChar(this.input.charCodeAt(at - 1));
    const after = at < this.input.length && isWordChar(this.input.charCodeAt(at));
    return (before !== after) === (op === 'boundary');
  }
}
