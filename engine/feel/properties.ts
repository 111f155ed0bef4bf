import { FeelDate, FeelDateTime, FeelRange, FeelTime, MonthsDuration, SecondsDuration } from './values.ts';
import type { FeelValue, Special } from './values.ts';
import { timeOffset, offsetOf, weekday } from './calendar.ts';

/** The properties of temporal values and ranges (DMN 10.3.2.15, table 65). Undefined = no such property. */
export function propertyOf(value: Special, name: string): FeelValue | undefined {
  if (value instanceof FeelDate) return dateProperty(value, name);
  if (value instanceof FeelTime) return timeProperty(value, name);
  if (value instanceof FeelDateTime) return dateTimeProperty(value, name);
  if (value instanceof MonthsDuration) return monthsProperty(value.months, name);
  if (value instanceof SecondsDuration) return secondsProperty(value.seconds, name);
  return value instanceof FeelRange ? rangeProperty(value, name) : undefined;
}

function dateProperty(date: FeelDate, name: string): FeelValue | undefined {
  switch (name) {
    case 'year':
      return date.year;
    case 'month':
      return date.month;
    case 'day':
      return date.day;
    case 'weekday':
      return weekday(date);
    default:
      return undefined;
  }
}

const duration = (seconds: number | undefined): FeelValue => (seconds === undefined ? null : new SecondsDuration(seconds));

function timeProperty(time: FeelTime, name: string): FeelValue | undefined {
  switch (name) {
    case 'hour':
      return Math.floor(time.seconds / 3600);
    case 'minute':
      return Math.floor((time.seconds % 3600) / 60);
    case 'second':
      return Math.floor(time.seconds % 60);
    case 'time offset':
      return duration(timeOffset(time));
    case 'timezone':
      return time.place.zone ?? null;
    default:
      return undefined;
  }
}

function dateTimeProperty(value: FeelDateTime, name: string): FeelValue | undefined {
  if (name === 'time offset') return duration(offsetOf(value));
  return dateProperty(value.date, name) ?? timeProperty(value.time, name);
}

function monthsProperty(months: number, name: string): FeelValue | undefined {
  if (name === 'years') return Math.trunc(months / 12) || 0;
  return name === 'months' ? months % 12 || 0 : undefined;
}

function secondsProperty(seconds: number, name: string): FeelValue | undefined {
  switch (name) {
    case 'days':
      return Math.trunc(seconds / 86400) || 0;
    case 'hours':
      return Math.trunc((seconds % 86400) / 3600) || 0;
    case 'minutes':
      return Math.trunc((seconds % 3600) / 60) || 0;
    case 'seconds':
      return Math.trunc(seconds % 60) || 0;
    default:
      return undefined;
  }
}

function rangeProperty(range: FeelRange, name: string): FeelValue | undefined {
  switch (name) {
    case 'start':
      return range.start;
    case 'end':
      return range.end;
    case 'start included':
      return range.startIncluded;
    case 'end included':
      return range.endIncluded;
    default:
      return undefined;
  }
}
