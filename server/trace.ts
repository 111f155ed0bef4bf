/** Which calls belong together, across systems: W3C Trace Context. Who brings a `traceparent` finds its trace id in the answer, our log and our apologies. */
import { randomBytes } from 'node:crypto';

export interface Trace {
  /** 32 hexadecimal digits */
  readonly id: string;
  /** what is answered: our own part of the trace */
  readonly response: string;
}

/** Drawn many at a time: each draw is a call of the system. */
let [drawn, used] = [Buffer.alloc(0), 0];

function random(bytes: number): string {
  if (used + bytes > drawn.length) [drawn, used] = [randomBytes(4_096), 0];
  return drawn.toString('hex', used, (used += bytes));
}

const ZEROS = /^0+$/;

/** A header that is missing or not as the standard has it begins a new trace: nothing of it is repeated. */
export function traceOf(traceparent: string | undefined): Trace {
  const [, version = '', given = '', parent = '', flags = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(traceparent ?? '') ?? [];
  const known = version !== '' && version !== 'ff' && !ZEROS.test(given) && !ZEROS.test(parent);
  const id = known ? given : random(16);
  return { id, response: `00-${id}-${random(8)}-${known ? flags : '00'}` };
}
