/**
 * What the processes of one installation tell each other: reasons to look into the store, never the truth.
 * LAW: a hint may come late, twice or never. Whoever waits for one also looks by itself, at the latest every FALLBACK milliseconds.
 * LAW: ids only, no names of people (law 10).
 */
import type { Key } from '../engine/index.ts';

export type Hint =
  | {
      readonly t: 'changed';
      readonly processInstanceKey: Key;
      readonly processDefinitionId: string;
      readonly collections: readonly string[];
      readonly agencies: readonly string[];
      readonly ended?: boolean;
    }
  /** jobs of these types, or of any */
  | { readonly t: 'jobs'; readonly types?: readonly string[] }
  /** something is due then: for the one that schedules */
  | { readonly t: 'due'; readonly at: number }
  /** somebody must read this queue */
  | { readonly t: 'queue'; readonly queue: string; readonly type: string }
  /** a job waits for this agency (`waits`), or is done with it (`back`): for the one that schedules */
  | { readonly t: 'stirred'; readonly agency: string; readonly waits: boolean; readonly back?: Key }
  /** something was deployed, held or released */
  | { readonly t: 'news' };

/** Told to all other processes, not to the one that tells. */
export interface HintLine {
  tell(hint: Hint): void;
  onHint(listener: (hint: Hint) => void): void;
  /** false: hints are being lost right now */
  alive(): boolean;
  close(): Promise<void>;
}

/** Milliseconds. */
export const FALLBACK = 2_000;

/** For one process alone, or where there is no Redis. */
export function noHints(): HintLine {
  return { tell: () => undefined, onHint: () => undefined, alive: () => false, close: async () => undefined };
}
