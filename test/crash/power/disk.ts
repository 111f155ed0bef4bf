/**
 * The disk under a recorded process (record-writes.c), strict as POSIX allows it to be: what was written is there after a power loss for certain only
 * when a sync of its file began after it and ended; a new or removed name only when a sync of the folder did. What was not synced is there, or not,
 * or in part, in any order.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Write {
  readonly at: number;
  readonly offset: number;
  /** absent: a truncation to `offset` */
  readonly data?: Buffer;
}
interface File {
  durable: Buffer;
  length: number;
  pending: Write[];
}
interface NameChange {
  readonly at: number;
  readonly name: string;
  /** absent: removed */
  readonly file?: number;
}

export interface Step {
  readonly kind: string;
  readonly file: number;
  readonly offset: number;
  readonly data: Buffer;
}

const HEAD = 17;
const SECTOR = 512;

export function* stepsOf(record: Buffer): Generator<Step> {
  for (let at = 0; at + HEAD <= record.length;) {
    const length = record.readUInt32LE(at + 13);
    const data = record.subarray(at + HEAD, at + HEAD + length);
    yield {
      kind: String.fromCharCode(record.readUInt8(at)),
      file: record.readUInt32LE(at + 1),
      offset: Number(record.readBigUInt64LE(at + 5)),
      data,
    };
    at += HEAD + length;
  }
}

export class Disk {
  readonly #files = new Map<number, File>();
  readonly #names = new Map<string, number>();
  readonly #nameOf = new Map<number, string>();
  readonly #syncs = new Map<number, number>();
  #changes: NameChange[] = [];
  #at = 0;

  apply({ kind, file, offset, data }: Step): void {
    this.#at += 1;
    if (kind === 'N') this.#named(file, data.toString());
    if (kind === 'U') this.#changes.push({ at: this.#at, name: this.#nameOf.get(file) ?? '' });
    if (kind === 'W') this.#file(file).pending.push({ at: this.#at, offset, data });
    if (kind === 'T') this.#file(file).pending.push({ at: this.#at, offset });
    if (kind === 'B') this.#syncs.set(offset, this.#at);
    if (kind === 'E') this.#synced(this.#file(file), this.#syncs.get(offset) ?? 0);
    if (kind === 'D') this.#namesSynced(this.#syncs.get(offset) ?? 0);
  }

  nameOf(file: number): string {
    return this.#nameOf.get(file) ?? '';
  }

  /** What is in `folder` when the power is lost now. `random` decides about what nobody asked the disk to keep. */
  loseInto(folder: string, random: () => number): void {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const names = new Map(this.#names);
    const kept = Math.floor(random() * (this.#changes.length + 1));
    for (const change of this.#changes.slice(0, kept)) rename(names, change);
    // now all of it, now nothing, now some of it
    const share = [0, 0.5, 1][Math.floor(random() * 3)] ?? 0;
    for (const [name, file] of names) writeFileSync(join(folder, name), contentOf(this.#file(file), { share, random }));
  }

  #file(file: number): File {
    const known = this.#files.get(file) ?? { durable: Buffer.alloc(0), length: 0, pending: [] };
    this.#files.set(file, known);
    return known;
  }

  #named(file: number, name: string): void {
    this.#nameOf.set(file, name);
    this.#changes.push({ at: this.#at, name, file });
  }

  #synced(file: File, upTo: number): void {
    for (const write of file.pending.filter(({ at }) => at <= upTo)) put(file, write);
    file.pending = file.pending.filter(({ at }) => at > upTo);
  }

  #namesSynced(upTo: number): void {
    for (const change of this.#changes.filter(({ at }) => at <= upTo)) rename(this.#names, change);
    this.#changes = this.#changes.filter(({ at }) => at > upTo);
  }
}

function rename(names: Map<string, number>, { name, file }: NameChange): void {
  if (file === undefined) names.delete(name);
  else names.set(name, file);
}

function put(file: File, { offset, data }: Write): void {
  if (data === undefined) {
    if (offset < file.length) file.durable.fill(0, offset, file.length);
    file.length = offset;
    return;
  }
  const end = offset + data.length;
  if (end > file.durable.length) file.durable = Buffer.concat([file.durable], Math.max(end, file.durable.length * 2));
  data.copy(file.durable, offset);
  file.length = Math.max(file.length, end);
}

function contentOf(file: File, { share, random }: { readonly share: number; readonly random: () => number }): Buffer {
  const copy: File = { durable: Buffer.from(file.durable), length: file.length, pending: [] };
  for (const write of file.pending) if (random() < share) put(copy, torn(write, random));
  // a file may be longer than what was kept of it: the rest is nothing
  return copy.length <= copy.durable.length ? copy.durable.subarray(0, copy.length) : Buffer.concat([copy.durable], copy.length);
}

/** Now and then only the first sectors arrive. */
function torn(write: Write, random: () => number): Write {
  if (write.data === undefined || write.data.length <= SECTOR || random() < 0.8) return write;
  const sectors = Math.floor((random() * write.data.length) / SECTOR);
  return { ...write, data: write.data.subarray(0, sectors * SECTOR) };
}
