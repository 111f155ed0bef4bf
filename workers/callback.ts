/**
 * An answer that comes later, to an address of this call alone. The address holds the job's key and a seal, so nobody can guess one and the same
 * call, repeated, names the same; it is told to the agency where its contract asks for it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { JobFailure, type Job, type Json } from './job.ts';

const BYTES = 24;

/** `secret`: of the installation, the same in all processes */
export function callbackToken(secret: string, jobKey: string): string {
  const key = createHmac('sha256', secret).update('addresses for later answers').digest();
  const seal = createHmac('sha256', key).update(jobKey).digest().subarray(0, BYTES);
  return `${jobKey}-${seal.toString('base64url')}`;
}

/** The job's key; undefined: this address was not made here. */
export function jobOfCallback(secret: string, token: string): string | undefined {
  const jobKey = /^(\d{1,19})-[\w-]{32}$/.exec(token)?.[1];
  if (jobKey === undefined) return undefined;
  const [mine, theirs] = [Buffer.from(callbackToken(secret, jobKey)), Buffer.from(token)];
  return mine.length === theirs.length && timingSafeEqual(mine, theirs) ? jobKey : undefined;
}

/** Where an agency is told the address: a header, a query parameter, or a field of the body (JSON pointer). */
export interface CallbackPlace {
  readonly in: 'header' | 'query' | 'body';
  readonly name: string;
}

const DEFAULT: CallbackPlace = { in: 'header', name: 'x-callback-url' };

/** `header:X-Callback-Url`, `query:callback`, `body:/callbackUrl`. Throws a JobFailure that is not retried. */
export function callbackPlace(text: string | undefined): CallbackPlace {
  if (!text) return DEFAULT;
  const [, place, name = ''] = /^(header|query|body):\s*(\S+)$/.exec(text.trim()) ?? [];
  const fits = place === 'body' ? /^(?:\/[^/]+)+$/.test(name) : /^[A-Za-z0-9_.~-]{1,100}$/.test(name);
  if (place !== undefined && fits) return { in: place as CallbackPlace['in'], name };
  throw new JobFailure(
    'Expected the header callbackPlace to read like header:X-Callback-Url, query:callback or body:/callbackUrl, but it does not',
    { retryable: false },
  );
}

/** The job with the address among what it sends; headers are added to the request itself. */
export function withCallback(job: Job, { in: place, name }: CallbackPlace, url: string): Job {
  if (place === 'header') return job;
  const given = job.variables[place] ?? null;
  const body = place === 'query' ? { ...asContext(given), [name]: url } : inserted(given, name.split('/').slice(1), url);
  return { ...job, variables: { ...job.variables, [place]: body } };
}

type Context = { readonly [name: string]: Json };

function asContext(value: Json): Context {
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Context;
  throw new JobFailure('Expected a context that the address for the answer can be put into, but it is none', { retryable: false });
}

function inserted(value: Json, [step = '', ...rest]: readonly string[], url: string): Json {
  const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
  if (name === '__proto__') throw new JobFailure('Expected a field of the contract for the address, but it is none', { retryable: false });
  const context = asContext(value);
  const inner = Object.hasOwn(context, name) ? (context[name] ?? null) : null;
  return { ...context, [name]: rest.length === 0 ? url : inserted(inner, rest, url) };
}
