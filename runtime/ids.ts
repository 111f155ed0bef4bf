import { keyOfNumber } from '../engine/keys.ts';
import type { Key } from '../engine/terms.ts';
import type { Store } from './ports.ts';

/** Keys of instances, definitions, messages: numbers from the store in blocks, unique across processes. Numbers that a crash leaves unused are lost, which is harmless. */
export interface Ids {
  next(): Promise<Key>;
}

const BLOCK = 1_000;

export function createIds(store: Pick<Store, 'reserveNumbers'>): Ids {
  let [next, end] = [0, 0];
  let refill: Promise<void> | undefined;
  async function reserve(): Promise<void> {
    next = await store.reserveNumbers(BLOCK);
    end = next + BLOCK;
    refill = undefined;
  }
  return {
    next: async () => {
      while (next >= end) {
        refill ??= reserve().finally(() => (refill = undefined));
        await refill;
      }
      return keyOfNumber(next++);
    },
  };
}
