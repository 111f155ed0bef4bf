/**
 * The sealed file of an ended case: everything that the store knows of it and of what it called, as gzipped lines of JSON.
 *
 *   {"archive":1,"processInstanceKey":"…"}
 *   {"case":{…}}                                   row of processInstances, callers first; what belongs to it follows
 *   {"commit":{"version":1,"audit":{…,"hash":"…"},"events":[…]}}     its history: the audit chain (audit-chain.ts)
 *   {"row":{"collection":"variables","row":{…}}}
 *   {"end":{"lines":17,"sha256":"…"}}              over all lines before, each with its line break
 *
 * The same case is the same bytes, whoever makes the file: whoever comes second finds that it is done.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Key } from '../engine/index.ts';
import { canonical } from './audit-chain.ts';
import { caseRows, casesUnder } from './case-rows.ts';
import { brokenChain } from './commit-chain.ts';
import type { Row } from './collections.ts';
import type { Commit, Store } from './ports.ts';
import { everyRow } from './every-row.ts';

export interface Archive {
  readonly bytes: Uint8Array;
  /** of the bytes; hex */
  readonly sha256: string;
  readonly cases: number;
  /** of the histories */
  readonly records: number;
}

const FORMAT = 1;
/** bytes that a file may unpack to: one that says more was not made here */
const LARGEST = 2 ** 30;

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Throws when there is no such case. Reads only. */
export async function makeArchive(store: Store, key: Key): Promise<Archive> {
  const lines = [line({ archive: FORMAT, processInstanceKey: key })];
  let [cases, records] = [0, 0];
  for await (const row of casesUnder(store, key)) {
    cases += 1;
    const instanceKey = String(row['processInstanceKey']);
    lines.push(line({ case: row }));
    for (const { version, audit, events } of await store.events(instanceKey)) {
      records += 1;
      // AS IT WAS KEPT: its hash covers the very text (docs/adr/0014)
      lines.push(`${JSON.stringify({ commit: { version, audit, events } })}\n`);
    }
    for await (const [collection, own] of rowsOf(store, instanceKey)) lines.push(line({ row: { collection, row: own } }));
  }
  if (cases === 0) throw new Error(`Expected a process instance ${key} to archive, but there is none`);
  lines.push(line({ end: { lines: lines.length, sha256: sha256Of(lines.join('')) } }));
  const bytes = await promisify(gzip)(lines.join(''), { level: 9 });
  return { bytes, sha256: sha256Of(bytes), cases, records };
}

/** Names in order: stores tell the fields of a row in different ones. */
function line(value: unknown): string {
  return `${canonical(value)}\n`;
}

async function* rowsOf(store: Store, processInstanceKey: Key): AsyncGenerator<readonly [string, Row]> {
  for (const { collection } of caseRows)
    for await (const row of everyRow(store, collection, { filter: { processInstanceKey } })) yield [collection, row];
}

export interface ArchiveVerdict {
  readonly processInstanceKey: Key;
  readonly cases: number;
  readonly records: number;
  /** one sentence each; empty: whole, and each history follows from its first record to the end that its case names */
  readonly broken: readonly string[];
}

interface Line {
  readonly archive?: number;
  readonly processInstanceKey?: string;
  readonly case?: Row;
  readonly commit?: { readonly version: number; readonly audit: Commit['audit']; readonly events: Commit['events'] };
  readonly end?: { readonly lines: number; readonly sha256: string };
}

/** Needs the file alone: no store, no network. Never throws for what is in the file. */
export async function verifyArchive(bytes: Uint8Array): Promise<ArchiveVerdict> {
  let text: string;
  let lines: readonly Line[];
  try {
    text = (await promisify(gunzip)(bytes, { maxOutputLength: LARGEST })).toString('utf8');
    lines = text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as Line);
  } catch (error) {
    return { processInstanceKey: '', cases: 0, records: 0, broken: [`Expected a gzipped file of JSON lines, but: ${String(error)}`] };
  }
  const cases = lines.flatMap((one, at) => (one.case === undefined ? [] : [{ row: one.case, at }]));
  const broken = [...brokenFrame(text, lines), ...cases.flatMap(({ row, at }) => brokenCase(row, lines.slice(at + 1)))];
  const records = lines.filter(({ commit }) => commit !== undefined).length;
  return { processInstanceKey: lines[0]?.processInstanceKey ?? '', cases: cases.length, records, broken };
}

function brokenFrame(text: string, lines: readonly Line[]): readonly string[] {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first?.archive !== FORMAT) return [`Expected an archive of format ${FORMAT}, but it is ${String(first?.archive)}`];
  if (last?.end === undefined) return ['Expected the file to end with its seal, but it does not'];
  const before = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
  if (last.end.lines !== lines.length - 1 || last.end.sha256 !== sha256Of(before))
    return ['Expected the lines that were sealed, but they were changed'];
  return [];
}

function brokenCase(row: Row, following: readonly Line[]): readonly string[] {
  const key = String(row['processInstanceKey']);
  const end = following.findIndex((one) => one.case !== undefined);
  const commits = (end < 0 ? following : following.slice(0, end)).flatMap(({ commit }) => (commit === undefined ? [] : [commit]));
  return brokenChain(row, commits).broken.map((sentence) => `case ${key}: ${sentence}`);
}
