/** Which calls belong together, across systems: W3C Trace Context. Who brings a `traceparent` finds its trace id in the answer, our log and our apologies. */
import { randomBytes } from 'node:crypto';

export interface Trace {
  /** 32 hexadecimal digits */
  readonly id: string;
  /** what is answered: our own part of the trace */
  readonly response: string;
}

const ZEROS = /^0+$/;

/** A header that is missing or not as the standard has it begins a new trace: nothing of it is repeated. */
export function traceOf(traceparent: string | undefined): Trace {
  const [, version = '', given = '', parent = '', flags = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(traceparent ?? '') ?? [];
  const known = version !== '' && version !== 'ff' && !ZEROS.test(given) && !ZEROS.test(parent);
  const id = known ? given : randomBytes(16).toString('hex');
  return { id, response: `00-${id}-${randomBytes(8).toString('hex')}-${known ? flags : '00'}` };
}
