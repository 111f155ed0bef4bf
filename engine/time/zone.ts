/** Wall clocks of IANA zones. `Intl` knows the zones by itself: the same moment gives the same answer everywhere. */
export interface WallClock {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws a RangeError for a zone that does not exist: check with `isZone` first. */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the clock on the wall shows in `zone` at the moment `at`. */
export function wallClockAt(at: number, zone: string): WallClock {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map((part) => [part.type as string, Number(part.value)]),
  );
  const number = (name: string) => parts.get(name) ?? 0;
  return {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
  };
}

/** The moment at which the wall clock of `zone` shows this. In a gap the clock jumps over, the moment just after; twice the same: the first. */
export function momentOf(wall: WallClock, zone: string): number {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  const early = asUtc - offsetAt(asUtc - 86_400_000, zone);
  const late = asUtc - offsetAt(asUtc + 86_400_000, zone);
  if (early + offsetAt(early, zone) === asUtc) return early;
  return late + offsetAt(late, zone) === asUtc ? late : early;
}

/** Milliseconds that `zone` is ahead of UTC at the moment `at`. */
function offsetAt(at: number, zone: string): number {
  const wall = wallClockAt(at, zone);
  const seconds = Math.floor(at / 1000) * 1000;
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) - seconds;
}
