import { isZone, momentOf } from './zone.ts';

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?(?:\[([A-Za-z0-9_+\-/]{1,50})\]|@([A-Za-z0-9_+\-/]{1,50}))?$/;

/** ISO 8601 date and time → milliseconds since 1970 UTC. An offset wins over a zone in brackets; without either it is meant in `zone`. Undefined: no date. */
export function parseDate(text: string, zone: string): number | undefined {
  const found = PATTERN.exec(text.trim());
  if (found === null) return undefined;
  const wall = {
    year: Number(found[1]),
    month: Number(found[2]),
    day: Number(found[3]),
    hour: Number(found[4] ?? 0),
    minute: Number(found[5] ?? 0),
    second: Number(found[6] ?? 0),
  };
  if (!exists(wall)) return undefined;
  const fraction = Math.floor(Number(`0.${found[7] ?? 0}`) * 1000);
  const offset = found[8];
  if (offset !== undefined)
    return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) - offsetOf(offset) + fraction;
  const where = found[9] ?? found[10] ?? zone;
  return isZone(where) ? momentOf(wall, where) + fraction : undefined;
}

function exists(wall: { year: number; month: number; day: number; hour: number; minute: number; second: number }): boolean {
  const last = new Date(Date.UTC(wall.year, wall.month, 0)).getUTCDate();
  return (
    wall.month >= 1 && wall.month <= 12 && wall.day >= 1 && wall.day <= last && wall.hour <= 23 && wall.minute <= 59 && wall.second <= 59
  );
}

/** `Z`, `+07:00`, `-0330` → milliseconds ahead of UTC. */
function offsetOf(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}
