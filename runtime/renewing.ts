/** What must be renewed while it lasts, renewed together: one timer, however many there are. */
export interface Renewing<T> {
  /** from now on, at least as often as was said; answers what ends it */
  begin(one: T): () => void;
}

/** `everyMs`: milliseconds. The timer stops by itself when nothing is left. */
export function createRenewing<T>(renew: (one: T) => void, everyMs: number): Renewing<T> {
  const lasting = new Set<T>();
  let timer: NodeJS.Timeout | undefined;
  const round = (): void => {
    if (lasting.size > 0) return lasting.forEach(renew);
    clearInterval(timer);
    timer = undefined;
  };
  return {
    begin: (one) => {
      lasting.add(one);
      timer ??= setInterval(round, everyMs).unref();
      return () => void lasting.delete(one);
    },
  };
}
