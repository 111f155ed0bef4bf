const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of this moment in a time zone: `2026-01-31`. `now`: milliseconds since 1970 UTC */
export function dayIn(zone: string, now: number): string {
  // Swedish writes dates as ISO 8601 does
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  formats.set(zone, format);
  return format.format(now);
}
