/** ISO 8601 durations: months are kept apart, because their length depends on where they are added. */
export interface Duration {
  readonly months: number;
  /** may be negative, as months may */
  readonly milliseconds: number;
}

const PATTERN =
  /^([+-])?P(?!$)(?:(\d{1,6})Y)?(?:(\d{1,7})M)?(?:(\d{1,7})W)?(?:(\d{1,8})D)?(?:T(?!$)(?:(\d{1,10})H)?(?:(\d{1,11})M)?(?:(\d{1,12})(?:[.,](\d{1,9}))?S)?)?$/;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Undefined when `text` is no duration. `P1Y2M3W4DT5H6M7.8S`, `-PT5M`. */
export function parseDuration(text: string): Duration | undefined {
  const found = PATTERN.exec(text.trim());
  if (found === null) return undefined;
  const number = (group: number) => Number(found[group] ?? 0);
  const sign = found[1] === '-' ? -1 : 1;
  const fraction = Math.round(Number(`0.${found[9] ?? 0}`) * SECOND);
  const milliseconds = (number(4) * 7 + number(5)) * DAY + number(6) * HOUR + number(7) * MINUTE + number(8) * SECOND + fraction;
  return { months: sign * (number(2) * 12 + number(3)), milliseconds: sign * milliseconds };
}

/** `at` plus the duration, counted in UTC; the 31st plus one month is the last day of that month. */
export function addDuration(at: number, duration: Duration): number {
  return addMonths(at, duration.months) + duration.milliseconds;
}

function addMonths(at: number, months: number): number {
  if (months === 0) return at;
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
