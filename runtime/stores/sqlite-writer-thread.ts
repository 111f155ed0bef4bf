/** What runs in the writing thread (sqlite-thread.ts): the connections that write. What was decided together is told together. */
import { parentPort } from 'node:worker_threads';
import type { Answer, Text } from './sqlite-order.ts';
import { unpack } from './sqlite-packed.ts';
import { openWriter } from './sqlite-writer.ts';
import type { Writer } from './sqlite-writer.ts';
import type { Batch, Reply, Told } from './sqlite-thread.ts';

const texts: Text[] = [];
const writers = new Map<number, Writer>();
/** what is to be told with the next tick, a reply for each message */
let told: { readonly t: 'told'; readonly file: number; readonly message: number; readonly told: Told[] }[] = [];

function tell(reply: Reply): void {
  parentPort?.postMessage(reply);
}

/** Behind everything that is known at this moment, and before anything new happens. */
function note(file: number, message: number, what: Told): void {
  const known = told.find((reply) => reply.message === message && reply.file === file);
  if (known !== undefined) return void known.told.push(what);
  told.push({ t: 'told', file, message, told: [what] });
  if (told.length > 1) return;
  process.nextTick(() => {
    const all = told;
    told = [];
    all.forEach(tell);
  });
}

function textOf(number: number): Text {
  const text = texts[number];
  if (text === undefined) throw new Error(`Expected statement ${number} to be known, but it is not`);
  return text;
}

const handlers: { readonly [T in Batch['t']]: (batch: Extract<Batch, { readonly t: T }>) => void } = {
  open: ({ file, path }) => void writers.set(file, opened(path)),
  orders: ({ file, message, orders, texts: fresh, from }) => {
    fresh.forEach((text, at) => (texts[from + at] = text));
    const writer = writers.get(file);
    unpack(orders).forEach((order, place) =>
      writer?.ask(order).then(
        (answer: Answer) => note(file, message, [place, answer]),
        (error: unknown) => note(file, message, [place, undefined, error as Error, writer.broken()]),
      ),
    );
  },
  close: ({ file }) => void close(file),
};

/** A file that cannot be opened is the trouble of those who write to it, and of nobody else. */
function opened(path: string): Writer {
  try {
    return openWriter(path, textOf);
  } catch (error) {
    return { ask: async () => await Promise.reject(error as Error), broken: () => true, close: async () => undefined };
  }
}

async function close(file: number): Promise<void> {
  await writers.get(file)?.close();
  writers.delete(file);
  tell({ t: 'closed', file });
}

parentPort?.on('message', (batch: Batch) => handlers[batch.t](batch as never));
