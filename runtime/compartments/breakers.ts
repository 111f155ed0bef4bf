/**
 * When an agency's system counts as down: counted in each process from the calls that it made itself, by cockatiel's breakers. What follows
 * from it is in the store, so that all processes stop together (docs/adr/0012).
 */
import { CircuitState, ConsecutiveBreaker, CountBreaker } from 'cockatiel';

/** `well`: it answered, whatever it said. `down`: no answer, or one that says that it is away. `faulty`: an answer that is none. */
export type Went = 'well' | 'down' | 'faulty';

export interface Breakers {
  /** true: its system is to be left alone. `epoch`: what was counted in another one says nothing about this */
  went(agency: string, went: Went, epoch: number): boolean;
}

/** calls in a row without an answer */
const IN_A_ROW = 3;
/** more than this share of the last calls went wrong in any way */
const SHARE = { threshold: 0.5, size: 20, minimumNumberOfCalls: 10 };

interface Counting {
  readonly epoch: number;
  readonly row: ConsecutiveBreaker;
  readonly share: CountBreaker;
}

export function createBreakers(): Breakers {
  const counting = new Map<string, Counting>();
  const of = (agency: string, epoch: number): Counting => {
    const known = counting.get(agency);
    if (known?.epoch === epoch) return known;
    const made = { epoch, row: new ConsecutiveBreaker(IN_A_ROW), share: new CountBreaker(SHARE) };
    counting.set(agency, made);
    return made;
  };
  return {
    went: (agency, went, epoch) => {
      // an agency that was never in trouble costs no counting
      if (went === 'well' && !counting.has(agency)) return false;
      const { row, share } = of(agency, epoch);
      if (went === 'well') {
        row.success();
        share.success(CircuitState.Closed);
        return false;
      }
      if (went === 'faulty') row.success();
      const [first, second] = [went === 'down' && row.failure(), share.failure(CircuitState.Closed)];
      return first || second;
    },
  };
}
