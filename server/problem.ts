/**
 * Everything that goes wrong leaves the server as one RFC 9457 document, made here and nowhere else.
 * `title` is the code, `detail` a sentence for people: "Expected to ..., but ...".
 */
import type { Rejection, RejectionKind } from '../engine/terms.ts';
import { InvalidQuery } from '../runtime/stores/invalid-query.ts';
import { problemCodes } from './problem-codes.ts';
import type { ProblemCode } from './problem-codes.ts';
import type { Reply } from './reply.ts';

export interface FieldProblem {
  /** JSON pointer into the body, e.g. /variables/nik */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
  readonly [more: string]: unknown;
}

export interface ProblemExtras {
  readonly errors?: readonly FieldProblem[];
  /** findings of the compiler, for refused diagrams */
  readonly problems?: readonly unknown[];
  readonly retryAfterSeconds?: number;
  /** tries that are left */
  readonly left?: number;
  /** to be told to whoever looks into our log */
  readonly traceId?: string;
}

/** Thrown by what stands between a request and its handler; `replyTo` turns it into the answer. Its message is safe for everybody. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.extras = extras;
  }
  with(more: ProblemExtras): Problem {
    return new Problem(this.code, this.message, { ...this.extras, ...more });
  }
}

const codeOf: Record<RejectionKind, ProblemCode> = {
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
  INVALID_STATE: 'INVALID_STATE',
  FORBIDDEN: 'FORBIDDEN',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED',
};

/** The answer, or the Problem that its rejection means. */
export function accepted<T extends { readonly ok: boolean }>(answer: T): Extract<T, { readonly ok: true }> {
  if (answer.ok) return answer as Extract<T, { readonly ok: true }>;
  const rejection = answer as unknown as Rejection & { readonly problems?: readonly unknown[] };
  if (rejection.problems !== undefined) throw new Problem('INVALID_RESOURCE', rejection.reason, { problems: rejection.problems });
  throw new Problem(codeOf[rejection.kind], rejection.reason);
}

/** For commands to a task that was found a moment ago: the engine no longer knows it because somebody finished it, which is a conflict, not a riddle. */
export function acceptedForTask<T extends { readonly ok: boolean }>(answer: T): Extract<T, { readonly ok: true }> {
  const rejection = answer as unknown as Rejection;
  if (!answer.ok && rejection.kind === 'NOT_FOUND')
    throw new Problem('INVALID_STATE', 'Expected the task to be open, but it was completed or canceled already');
  return accepted(answer);
}

/** One document. `path`: the address asked for, without its query (queries may hold personal data). */
export function problemReply(problem: Problem, path: string): Reply {
  const { status } = problemCodes[problem.code];
  const { retryAfterSeconds, ...members } = problem.extras;
  const wait = retryAfterSeconds ?? (status === 503 ? 1 : undefined);
  return {
    status,
    body: { type: 'about:blank', title: problem.code, status, detail: problem.message, instance: path, ...members },
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
      // RFC 6750 §3: so that a client knows that a new token may help
      ...(problem.code === 'TOKEN_INVALID' ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}),
    },
  };
}

/** Whatever was thrown, as a Problem. Anything unexpected is our fault: it says so and nothing about our insides. */
export function problemOf(error: unknown, report: (error: unknown) => void): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidQuery) return new Problem('INVALID_ARGUMENT', error.message);
  report(error);
  return new Problem('INTERNAL_ERROR', 'Expected to answer, but something failed on our side; nothing was changed');
}
