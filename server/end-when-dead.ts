export interface Watched {
  /** see GET /livez */
  readonly alive: () => boolean;
  /** told once */
  readonly dead: () => void;
  /** milliseconds; default 5,000 and 60,000 */
  readonly everyMs?: number;
  readonly patienceMs?: number;
}

/**
 * Who is dead for so long ends, so that whatever keeps it running (systemd, compose) starts it again: not everybody asks /livez.
 * Answers how to stop watching.
 */
export function endWhenDead({ alive, dead, everyMs = 5_000, patienceMs = 60_000 }: Watched): () => void {
  let since: number | undefined;
  const timer = setInterval(() => {
    if (alive()) return void (since = undefined);
    since ??= performance.now();
    if (performance.now() - since < patienceMs) return;
    clearInterval(timer);
    dead();
  }, everyMs).unref();
  return () => clearInterval(timer);
}
