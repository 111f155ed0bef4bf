import { FeelDateTime, FeelTime, LOCAL, MonthsDuration, SecondsDuration } from './values.ts';
import type { FeelValue, Place, FeelDate } from './values.ts';
import { dateOf, isZone } from './calendar.ts';

/** ISO 8601 texts to temporal values and back (DMN 10.3.2.3.4 to 10.3.2.3.8). Every reader gives null for a text that it does not accept. */

const DATE = /^(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)$/;
const TIME = /^T?(\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)(.*)$/;
const SHORT_TIME = /^T?(\d\d):(\d\d)()(.*)$/;
const OFFSET = /^([+-])(\d\d):(\d\d)(?::(\d\d))?(?:\[(.+)\])?$/;
const MONTHS = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/;
const SECONDS = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

export function readDate(text: string): FeelDate | null {
  const found = DATE.exec(text);
  if (!found) return null;
  const year = Number(found[2]);
  return dateOf(found[1] === '-' ? -year : year, Number(found[3]), Number(found[4]));
}

function readPlace(text: string): Place | null {
  if (text === '') return LOCAL;
  if (text === 'Z' || text === 'z') return { offset: 0 };
  if (text.startsWith('@')) return isZone(text.slice(1)) ? { zone: text.slice(1) } : null;
  const found = OFFSET.exec(text);
  if (!found) return null;
  const zone = found[5];
  if (zone !== undefined) return isZone(zone) ? { zone } : null;
  const seconds = Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0);
  if (Number(found[3]) > 59 || seconds > 18 * 3600) return null;
  return { offset: found[1] === '-' ? -seconds : seconds };
}

export function readTime(text: string): FeelTime | null {
  const found = TIME.exec(text) ?? SHORT_TIME.exec(text);
  if (!found) return null;
  const place = readPlace(found[4] ?? '');
  return place && timeOf({ hour: Number(found[1]), minute: Number(found[2]), second: Number(found[3] ?? 0) }, place);
}

/** The time, or null when the clock has no such. */
export function timeOf(at: { hour: number; minute: number; second: number }, place: Place): FeelTime | null {
  if (!Number.isInteger(at.hour) || !Number.isInteger(at.minute)) return null;
  if (at.hour < 0 || at.hour > 23 || at.minute < 0 || at.minute > 59 || !(at.second >= 0 && at.second < 60)) return null;
  return new FeelTime(at.hour * 3600 + at.minute * 60 + at.second, place);
}

export function readDateTime(text: string): FeelDateTime | null {
  const cut = text.indexOf('T');
  const date = readDate(cut < 0 ? text : text.slice(0, cut));
  if (!date) return null;
  if (cut < 0) return new FeelDateTime(date, new FeelTime(0));
  const rest = text.slice(cut + 1);
  const time = rest.startsWith('T') ? null : readTime(rest);
  return time && new FeelDateTime(date, time);
}

export function readDuration(text: string): MonthsDuration | SecondsDuration | null {
  if (text.endsWith('P') || text.endsWith('T')) return null;
  const months = MONTHS.exec(text);
  if (months) return monthsOf(Number(months[2] ?? 0) * 12 + Number(months[3] ?? 0), months[1] === '-');
  const found = SECONDS.exec(text);
  if (!found) return null;
  const seconds = Number(found[2] ?? 0) * 86400 + Number(found[3] ?? 0) * 3600 + Number(found[4] ?? 0) * 60 + Number(found[5] ?? 0);
  return Number.isFinite(seconds) ? new SecondsDuration(found[1] === '-' ? -seconds : seconds) : null;
}

function monthsOf(months: number, negative: boolean): MonthsDuration | null {
  return Number.isFinite(months) ? new MonthsDuration(negative ? -months : months) : null;
}

/** What `@"..."` means, or null. */
export function readTemporal(text: string): FeelValue {
  return readDate(text) ?? readTime(text) ?? (text.includes('T') ? readDateTime(text) : null) ?? readDuration(text);
}

// ---------------------------------------------------------------- writing

const two = (value: number): string => String(value).padStart(2, '0');

export function dateText(date: FeelDate): string {
  return `${date.year < 0 ? '-' : ''}${String(Math.abs(date.year)).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
}

function secondText(seconds: number): string {
  if (Number.isInteger(seconds)) return two(seconds);
  const text = seconds.toFixed(9).replace(/\.?0+$/, '');
  return text.indexOf('.') === 1 || text.length === 1 ? `0${text}` : text;
}

export function offsetText(offset: number): string {
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  const rest = size % 60;
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 3600))}:${two(Math.floor((size % 3600) / 60))}${rest ? `:${two(rest)}` : ''}`;
}

function placeText(place: Place): string {
  if (place.zone !== undefined) return `@${place.zone}`;
  return place.offset === undefined ? '' : offsetText(place.offset);
}

export function timeText(time: FeelTime): string {
  const whole = Math.floor(time.seconds);
  const second = (whole % 60) + (time.seconds - whole);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor((whole % 3600) / 60))}:${secondText(second)}${placeText(time.place)}`;
}

export function dateTimeText(value: FeelDateTime): string {
  return `${dateText(value.date)}T${timeText(value.time)}`;
}

export function monthsText(duration: MonthsDuration): string {
  const size = Math.abs(duration.months);
  const years = Math.floor(size / 12);
  const months = size % 12;
  if (size === 0) return 'P0M';
  return `${duration.months < 0 ? '-' : ''}P${years ? `${years}Y` : ''}${months ? `${months}M` : ''}`;
}

export function secondsText(duration: SecondsDuration): string {
  const size = Math.abs(duration.seconds);
  if (size === 0) return 'PT0S';
  const days = Math.floor(size / 86400);
  const hours = Math.floor((size % 86400) / 3600);
  const minutes = Math.floor((size % 3600) / 60);
  const seconds = size % 60;
  const fraction = Number.isInteger(seconds) ? String(seconds) : seconds.toFixed(9).replace(/\.?0+$/, '');
  const clock = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${fraction}S` : ''}`;
  return `${duration.seconds < 0 ? '-' : ''}P${days ? `${days}D` : ''}${clock ? `T${clock}` : ''}`;
}
