/** Prints what happens to a case, each step once: when, who, what, how long. */
import type { Tracking } from './tracking.ts';

export const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** `1.2 s`, `3 min 20 s` */
export function lasting(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export class Teller {
  readonly #told = new Set<string>();
  readonly #started = new Map<string, number>();

  tell({ timeline, submittedAt }: Tracking): void {
    for (const entry of timeline) {
      const at = Date.parse(entry.at);
      const id = `${entry.at} ${entry.step} ${entry.state}`;
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      const step = `${entry.agency ?? ''} ${entry.step}`;
      if (entry.state === 'started') this.#started.set(step, at);
      const took = entry.state === 'done' ? `  (${lasting(at - (this.#started.get(step) ?? at))})` : '';
      const sign = { started: '…', done: '✓', trouble: '!' }[entry.state];
      const after = `+${lasting(at - Date.parse(submittedAt))}`;
      const who = entry.agency === 'citizen' ? 'Warga' : (entry.agencyName ?? '');
      say(`  ${after.padStart(12)}  ${sign} ${who.padEnd(52).slice(0, 52)}  ${entry.step}${took}`);
    }
  }
}
