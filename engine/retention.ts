/** How long an ended case is kept, as its process says it. Pure: when that is over, the runtime reckons. */
import { parseDuration } from './time/duration.ts';
import type { Duration } from './time/duration.ts';

/** Both counted from the end of the case. */
export interface Retention {
  /** in the lists, with its whole history; then it is archived */
  readonly history: Lifetime;
  /** as a sealed file; then it is gone. Not longer than `history`: no archive is made at all */
  readonly archive: Lifetime;
}
export type Lifetime = Duration | 'never';

/** `zeebe:properties` of the process. */
export const HISTORY_PROPERTY = 'alur:historyTimeToLive';
export const ARCHIVE_PROPERTY = 'alur:archiveTimeToLive';

/** `never` or an ISO 8601 duration that is not negative (`P180D`, `P10Y`). Undefined: neither. */
export function parseLifetime(text: string): Lifetime | undefined {
  const trimmed = text.trim();
  if (trimmed === 'never') return 'never';
  const duration = parseDuration(trimmed);
  return duration === undefined || duration.months < 0 || duration.milliseconds < 0 ? undefined : duration;
}

/** What a process says about itself; what it leaves open is left out. */
export function retentionOf(properties: ReadonlyMap<string, string>): Partial<Retention> {
  const history = lifetime(properties, HISTORY_PROPERTY);
  const archive = lifetime(properties, ARCHIVE_PROPERTY);
  return { ...(history && { history }), ...(archive && { archive }) };
}

function lifetime(properties: ReadonlyMap<string, string>, name: string): Lifetime | undefined {
  const text = properties.get(name);
  return text === undefined ? undefined : parseLifetime(text);
}

/** The way back into text: `P1Y2M3DT4H5M6.7S`, `P0D` for no time at all. */
export function lifetimeText(lifetime: Lifetime): string {
  if (lifetime === 'never') return 'never';
  const { months, milliseconds } = lifetime;
  const [years, rest] = [Math.floor(months / 12), months % 12];
  const seconds = milliseconds / 1_000;
  const date = parts([years, 'Y'], [rest, 'M'], [Math.floor(seconds / 86_400), 'D']);
  const time = parts([Math.floor(seconds / 3_600) % 24, 'H'], [Math.floor(seconds / 60) % 60, 'M'], [seconds % 60, 'S']);
  return date + time === '' ? 'P0D' : `P${date}${time && `T${time}`}`;
}

function parts(...given: readonly (readonly [number, string])[]): string {
  return given.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('');
}
