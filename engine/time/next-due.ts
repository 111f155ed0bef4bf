import type { Clock } from '../feel/index.ts';
import type { TimerKind } from '../process.ts';
import { parseCron, nextCron } from './cron.ts';
import { parseDate } from './date.ts';
import { addDuration, parseDuration } from './duration.ts';

export interface Due {
  /** milliseconds since 1970 UTC */
  readonly dueAt: number;
  /** further repetitions after this one; -1 for ever; absent: none */
  readonly repeat?: number;
}

export type NextDue = { readonly ok: true; readonly due: Due | undefined } | { readonly ok: false; readonly message: string };

/** When a timer with this definition is due next. `previous`: the due that just fired, for cycles. `due: undefined` = no further one. */
export function nextDue(kind: TimerKind, text: string, clock: Clock, previous?: Due): NextDue {
  if (kind === 'cycle') return nextCycle(text, clock, previous);
  if (previous !== undefined) return { ok: true, due: undefined };
  const dueAt = kind === 'date' ? parseDate(text, clock.zone) : afterDuration(text, clock.now);
  if (dueAt === undefined)
    return wrong(
      kind === 'date' ? 'an ISO 8601 date and time such as 2026-05-01T08:00:00+07:00' : 'an ISO 8601 duration such as PT15M',
      text,
    );
  return { ok: true, due: { dueAt } };
}

function afterDuration(text: string, from: number): number | undefined {
  const duration = parseDuration(text);
  return duration === undefined ? undefined : addDuration(from, duration);
}

function nextCycle(text: string, clock: Clock, previous: Due | undefined): NextDue {
  if (previous !== undefined && (previous.repeat ?? 0) === 0) return { ok: true, due: undefined };
  return /^R/i.test(text.trim()) ? nextRepeat(text.trim(), clock, previous) : nextCronDue(text, clock);
}

function nextCronDue(text: string, clock: Clock): NextDue {
  const cron = parseCron(text);
  if (cron === undefined) return wrong('a repetition such as R3/PT1H or a cron expression with six fields', text);
  const dueAt = nextCron(cron, clock.now, clock.zone);
  return { ok: true, due: dueAt === undefined ? undefined : { dueAt, repeat: -1 } };
}

/** `R3/PT1H`, `R/PT1H`, `R5/2026-01-01T00:00:00Z/P1D`. */
function nextRepeat(text: string, clock: Clock, previous: Due | undefined): NextDue {
  const parts = text.split('/');
  const times = /^R(-1|\d{0,9})$/i.exec(parts[0] ?? '');
  const duration = parseDuration(parts.at(-1) ?? '');
  const start = parts.length === 3 ? parseDate(parts[1] ?? '', clock.zone) : undefined;
  if (times === null || duration === undefined || parts.length < 2 || parts.length > 3 || (parts.length === 3 && start === undefined))
    return wrong('a repetition such as R3/PT1H', text);
  if (addDuration(0, duration) <= 0) return wrong('a repetition with a positive duration', text);
  if (previous !== undefined) {
    const left = previous.repeat ?? 0;
    return { ok: true, due: { dueAt: addDuration(previous.dueAt, duration), repeat: left < 0 ? -1 : left - 1 } };
  }
  const count = times[1] === '' || times[1] === '-1' ? -1 : Number(times[1]);
  if (count === 0) return { ok: true, due: undefined };
  return { ok: true, due: { dueAt: start ?? addDuration(clock.now, duration), repeat: count < 0 ? -1 : count - 1 } };
}

function wrong(expected: string, text: string): NextDue {
  return { ok: false, message: `Expected ${expected}, but found '${text.slice(0, 100)}'.` };
}
