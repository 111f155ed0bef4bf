/**
 * What all processes must know at once: which definitions there are, and which queues are held. One row in the store changes with each of it,
 * so that one small read tells whether there is something new. A process alone knows it anyway.
 */
import { randomUUID } from 'node:crypto';
import { readBaton, takeBaton } from './baton.ts';
import type { RowChange, Store } from './ports.ts';

export interface News {
  /** what anybody announced before this was asked is known here when it resolves */
  caughtUp(): Promise<void>;
  /** writes these changes and announces them, all or nothing. False: something else was announced meanwhile; catch up and look again */
  announce(changes: readonly RowChange[]): Promise<boolean>;
}

export interface NewsParts {
  readonly store: Store;
  readonly shared: boolean;
  /** reads again what may have changed */
  readonly learn: () => Promise<void>;
  readonly tell: () => void;
}

const ID = 'news';

export function createNews({ store, shared, learn, tell }: NewsParts): News {
  if (!shared) return { caughtUp: async () => undefined, announce: async (changes) => await store.write(changes) };
  let known: string | undefined;
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function read(): Promise<void> {
    const token = (await readBaton(store, ID))?.token;
    if (token === known) return;
    await learn();
    known = token;
  }

  return {
    // who asks while a read runs gets the next one: the running one may have begun before what he must see
    caughtUp: async () => {
      next ??= (reading ?? Promise.resolve()).then(begin, begin);
      await next;
    },
    announce: async (changes) => {
      const from = await readBaton(store, ID);
      if (from?.token !== known) return false;
      const token = randomUUID();
      if (!(await takeBaton(store, { id: ID, from, token, answer: {}, changes }))) return false;
      known = token;
      tell();
      return true;
    },
  };

  async function begin(): Promise<void> {
    next = undefined;
    reading = read().finally(() => (reading = undefined));
    await reading;
  }
}
