import type { Problem } from '../engine/index.ts';

export type { Problem };
export type Verdict = { readonly problems: readonly Problem[] } | { readonly failed: string };

/** Asks the compiler about a diagram. Only the answer to the latest question is reported. */
export interface Checker {
  ask: (xml: string) => void;
  stop: () => void;
}

export function startChecker(onVerdict: (verdict: Verdict) => void): Checker {
  const worker = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' });
  let latest = 0;
  worker.addEventListener('message', (event: MessageEvent<{ ticket: number } & Verdict>) => {
    if (event.data.ticket === latest) onVerdict(event.data);
  });
  worker.addEventListener('error', (event) => onVerdict({ failed: event.message }));
  return {
    ask: (xml) => worker.postMessage({ ticket: ++latest, xml }),
    stop: () => worker.terminate(),
  };
}
