/** From a job's variables `path`, `query`, `body` to an HTTP request that keeps to the agency's document. */
import { JobFailure, type Job, type Json } from './job.ts';
import type { Operation, Parameter } from './openapi.ts';

export interface AgencyRequest {
  readonly method: string;
  /** path with query, to be appended to the base URL */
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

type Context = { readonly [name: string]: Json };

/** Throws a JobFailure that is not retried when the request would break the contract. Messages name places, never values. */
export function buildRequest(operation: Operation, job: Job): AgencyRequest {
  const path = contextOf(job, 'path');
  const query = contextOf(job, 'query');
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    'idempotency-key': job.idempotencyKey ?? job.key,
  };
  if (job.businessId !== null) headers['x-case-reference'] = printable(job.businessId);
  const body = bodyOf(operation, job);
  if (body !== undefined) headers['content-type'] = 'application/json';
  return { method: operation.method, target: pathOf(operation, path) + queryOf(operation, query), headers, body };
}

function contextOf(job: Job, name: 'path' | 'query'): Context {
  const value = job.variables[name] ?? null;
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw broken(`the input ${name} is not a context`);
  return value as Context;
}

const broken = (what: string): JobFailure =>
  new JobFailure(`Expected a request that keeps to the agency's OpenAPI document, but ${what}`, { retryable: false });

function valueOf(parameter: Parameter, given: Context): Json | undefined {
  const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
  const place = `${parameter.place} parameter ${parameter.name}`;
  if (value === undefined || value === null) {
    if (parameter.required) throw broken(`the ${place} is missing`);
    return undefined;
  }
  if (!parameter.check(value)) throw broken(`the ${place} does not match its schema`);
  return value;
}

function pathOf(operation: Operation, given: Context): string {
  const inPath = operation.parameters.filter(({ place }) => place === 'path');
  return inPath.reduce((path, parameter) => {
    const text = String(valueOf(parameter, given));
    // '.' and '..' survive encoding and would climb to another resource
    if (text === '' || text === '.' || text === '..') throw broken(`the path parameter ${parameter.name} would change the address`);
    return path.replace(`{${parameter.name}}`, () => encodeURIComponent(text));
  }, operation.path);
}

function queryOf(operation: Operation, given: Context): string {
  const known = operation.parameters.filter(({ place }) => place === 'query');
  const stranger = Object.keys(given).find((name) => !known.some((parameter) => parameter.name === name));
  if (stranger !== undefined) throw broken(`the agency knows no query parameter ${stranger}`);
  const search = new URLSearchParams();
  for (const parameter of known) {
    const value = valueOf(parameter, given);
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(parameter.name, String(one));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

function bodyOf(operation: Operation, job: Job): string | undefined {
  const value = job.variables['body'] ?? null;
  if (operation.checkBody === undefined) return undefined;
  if (value === null) {
    if (operation.bodyRequired) throw broken('the body is missing');
    return undefined;
  }
  if (!operation.checkBody(value)) {
    const [error] = operation.checkBody.errors ?? [];
    throw broken(`the body${error?.instancePath ?? ''} ${error?.message ?? 'does not match its schema'}`);
  }
  return JSON.stringify(value);
}

/** header values must stay on one line */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
