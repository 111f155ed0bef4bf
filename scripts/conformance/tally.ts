/** What one conformance set found. Every case is in exactly one list. */
export interface Tally {
  readonly passed: string[];
  readonly failed: { readonly id: string; readonly why: string }[];
  readonly notApplicable: { readonly id: string; readonly reason: string }[];
}

/** Runs one set over the folder of all sets; null when the folder does not hold it. */
export type ConformanceSet = (folder: string) => Promise<Tally | null>;

export const newTally = (): Tally => ({ passed: [], failed: [], notApplicable: [] });
