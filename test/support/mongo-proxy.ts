/**
 * Stands between the driver and a MongoDB server and understands what they say: notes every command, answers some of them itself, and cuts the line
 * before the n-th write, as a process that dies there would.
 */
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import mongoose from 'mongoose';

const { deserialize, serialize } = mongoose.mongo.BSON;

export interface Noted {
  /** e.g. `find`, `update` */
  readonly name: string;
  readonly collection: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** the filters of what it finds, changes or deletes; documents that it inserts */
  readonly targets: readonly Readonly<Record<string, unknown>>[];
}

export interface MongoProxy {
  /** `mongodb://…` of a database of the server behind */
  readonly url: string;
  readonly commands: Noted[];
  /** answers this command itself; e.g. `hello` */
  readonly answers: Map<string, Readonly<Record<string, unknown>>>;
  /** the n-th write from now on does not arrive, nor does anything after it; 0: the very next */
  cutBefore(write: number): void;
  /** resolves when the line was cut */
  readonly cut: Promise<false>;
  close(): Promise<void>;
}

const [OP_MSG, HEADER] = [2013, 16];
const writes = new Set(['insert', 'update', 'delete', 'findAndModify']);
const listed: Readonly<Record<string, string>> = { update: 'updates', delete: 'deletes', insert: 'documents' };

/** `target`: URL of a database, without user. */
export async function startMongoProxy(target: string): Promise<MongoProxy> {
  const place = new URL(target);
  const sockets = new Set<Socket>();
  const commands: Noted[] = [];
  const answers: MongoProxy['answers'] = new Map();
  let left = Number.POSITIVE_INFINITY;
  const isCut = (): boolean => left < 0;
  const { promise: wasCut, resolve: tellCut } = Promise.withResolvers<false>();
  const cut = (): void => {
    tellCut(false);
    sockets.forEach((socket) => socket.destroy());
  };

  /** Forward it? */
  function hear(message: Buffer, client: Socket): boolean {
    const noted = message.readInt32LE(12) === OP_MSG ? notedIn(message) : undefined;
    if (noted === undefined) return true;
    const answer = answers.get(noted.name);
    if (answer !== undefined) {
      client.write(replyTo(message, answer));
      return false;
    }
    if (writes.has(noted.name) && (left -= 1) < 0) {
      cut();
      return false;
    }
    commands.push(noted);
    return true;
  }

  const server: Server = createServer((client) => {
    if (isCut()) return void client.destroy();
    const behind = connect(Number(place.port), place.hostname);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, behind].forEach((one) => (sockets.delete(one), one.destroy())));
    }
    let buffered = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) {
        const message = buffered.subarray(0, buffered.readInt32LE(0));
        buffered = buffered.subarray(message.length);
        if (hear(message, client)) behind.write(message);
      }
    });
    behind.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}${place.pathname}`,
    commands,
    answers,
    cut: wasCut,
    cutBefore: (write) => void (left = write),
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** OP_MSG: flags, then sections: kind 0 is the command, kind 1 a list of documents under a name. */
function notedIn(message: Buffer): Noted {
  let body: Record<string, unknown> = {};
  const lists: Record<string, Record<string, unknown>[]> = {};
  for (let at = HEADER + 4; at < message.length;) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0) body = deserialize(section, { useBigInt64: true });
    else {
      const name = section.subarray(4, section.indexOf(0, 4)).toString();
      lists[name] = documentsIn(section.subarray(5 + name.length));
    }
    at += 1 + size;
  }
  const [name = ''] = Object.keys(body);
  const list = lists[listed[name] ?? ''] ?? (body[listed[name] ?? ''] as Record<string, unknown>[] | undefined) ?? [];
  const targets = name === 'insert' ? list : list.map(({ q }) => q as Record<string, unknown>);
  const [match] = (body['pipeline'] ?? []) as readonly { readonly $match?: Record<string, unknown> }[];
  const own = (body['filter'] ?? body['query'] ?? match?.$match) as Record<string, unknown> | undefined;
  return { name, collection: String(body[name]), body, targets: own === undefined ? targets : [own] };
}

function documentsIn(bytes: Buffer): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at))
    found.push(deserialize(bytes.subarray(at, at + bytes.readInt32LE(at)), { useBigInt64: true }));
  return found;
}

function replyTo(message: Buffer, answer: Readonly<Record<string, unknown>>): Buffer {
  const body = Buffer.from(serialize(answer));
  const reply = Buffer.alloc(HEADER + 5 + body.length);
  reply.writeInt32LE(reply.length, 0);
  reply.writeInt32LE(message.readInt32LE(4), 8);
  reply.writeInt32LE(OP_MSG, 12);
  body.copy(reply, HEADER + 5);
  return reply;
}
