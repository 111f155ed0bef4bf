/** Server-sent events: ids of what changed, to those who may see it. */
import type { ServerResponse } from 'node:http';
import type { Change, Runtime } from '../runtime/runtime.ts';
import { isCityWide } from './reader.ts';
import type { Reader } from './reader.ts';

const HEARTBEAT = 20_000;
const MAX_PER_PERSON = 10;

interface Listener {
  readonly reader: Reader;
  readonly response: ServerResponse;
  readonly stillSignedIn: () => Promise<boolean>;
}

export class Events {
  readonly #runtime: Runtime;
  readonly #listeners = new Set<Listener>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#stop = runtime.onChange((change) => void this.#tell(change));
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT).unref();
  }

  /** false: this person has too many open already */
  hasRoom(reader: Reader): boolean {
    return [...this.#listeners].filter((listener) => listener.reader.username === reader.username).length < MAX_PER_PERSON;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
    listener.response.write(': open\n\n');
    listener.response.on('close', () => this.#listeners.delete(listener));
  }

  close(): void {
    this.#stop();
    clearInterval(this.#timer);
    for (const { response } of this.#listeners) response.end();
    this.#listeners.clear();
  }

  async #tell(change: Change): Promise<void> {
    if (this.#listeners.size === 0) return;
    // to everybody, and it says nothing about anything: look again
    if (change.anything) return this.#listeners.forEach(({ response }) => void response.write('event: change\ndata: {}\n\n'));
    const applicant = await this.#applicantOf(change.processInstanceKey).catch(() => undefined);
    const data = `event: change\ndata: ${JSON.stringify({ processInstanceKey: change.processInstanceKey, collections: change.collections })}\n\n`;
    for (const { reader, response } of this.#listeners) if (concerns(change, reader, applicant)) response.write(data);
  }

  async #applicantOf(processInstanceKey: string): Promise<unknown> {
    if (![...this.#listeners].some(({ reader }) => reader.kind === 'citizen')) return undefined;
    const instance = await this.#runtime.store.get('processInstances', processInstanceKey);
    const root = instance?.['rootProcessInstanceKey'];
    if (typeof root !== 'string' || root === processInstanceKey) return instance?.['startedBy'];
    return (await this.#runtime.store.get('processInstances', root))?.['startedBy'];
  }

  async #beat(): Promise<void> {
    for (const listener of this.#listeners) {
      if (await listener.stillSignedIn().catch(() => true)) listener.response.write(': still here\n\n');
      else listener.response.end();
    }
  }
}

function concerns(change: Change, reader: Reader, applicant: unknown): boolean {
  if (change.assignees.includes(reader.username)) return true;
  if (reader.kind === 'citizen') return applicant === reader.username;
  return isCityWide(reader) || change.agencies.includes(reader.agency ?? '');
}
