import { newAttempt } from './documents.ts';
import type { Doc, MongoRoom } from './documents.ts';

/** Bytes. MongoDB's documents end at 16 MB. */
const CHUNK = 4 * 2 ** 20;

/** The chunks first, then the one document that names them: a reader sees the old bytes or the new ones. Chunks that a crash leaves are named by nobody. */
export async function putBlob({ blobs, chunks }: MongoRoom, id: string, bytes: Uint8Array): Promise<void> {
  const made = newAttempt();
  const count = Math.ceil(bytes.length / CHUNK);
  for (let n = 0; n < count; n += 1)
    await chunks.insertOne({ _id: `${made}/${n}`, made, bytes: Buffer.from(bytes.subarray(n * CHUNK, (n + 1) * CHUNK)) });
  const before = await blobs.findOne({ _id: id });
  await blobs.replaceOne({ _id: id }, { made, count, size: bytes.length } as never, { upsert: true });
  if (before) await dropChunks(chunks, before);
}

export async function getBlob({ blobs, chunks }: MongoRoom, id: string): Promise<Uint8Array | undefined> {
  for (;;) {
    const head = await blobs.findOne({ _id: id });
    if (head === null) return undefined;
    const names = chunkNames(head);
    const found = new Map((await chunks.find({ _id: { $in: names } }).toArray()).map((chunk) => [chunk._id, bytesOf(chunk['bytes'])]));
    // replaced while we read: the new one is whole
    if (found.size < names.length && (await blobs.findOne({ _id: id }))?.['made'] !== head['made']) continue;
    if (found.size < names.length) throw new Error(`Expected ${names.length} chunks of blob ${id}, but found ${found.size}`);
    return new Uint8Array(Buffer.concat(names.map((name) => found.get(name) ?? Buffer.of())));
  }
}

/** The document that names the chunks first: a reader sees the bytes or nothing. */
export async function deleteBlob({ blobs, chunks }: MongoRoom, id: string): Promise<void> {
  const head = await blobs.findOne({ _id: id });
  if (head === null) return;
  const { deletedCount } = await blobs.deleteOne({ _id: id, made: head['made'] });
  if (deletedCount === 1) await dropChunks(chunks, head);
}

/** By their ids, so that each shard is asked for its own only. */
async function dropChunks(chunks: MongoRoom['chunks'], head: Doc): Promise<void> {
  await chunks.deleteMany({ _id: { $in: chunkNames(head) } });
}

function chunkNames(head: Doc): string[] {
  return Array.from({ length: Number(head['count']) }, (_, n) => `${String(head['made'])}/${n}`);
}

function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from((value as { readonly buffer: Uint8Array }).buffer);
}
