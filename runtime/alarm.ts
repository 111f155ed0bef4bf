/** Wakes somebody at a time, at the latest every `everyMs`; one waking at a time, never two side by side. */
export interface Alarm {
  /** milliseconds since 1970 on the runtime's clock */
  at(time: number): void;
  /** now, and answers when done */
  ring(): Promise<void>;
  stop(): Promise<void>;
}

export interface AlarmParts {
  readonly now: () => number;
  readonly everyMs: number;
  /** answers when it wants to be woken next */
  readonly wake: () => Promise<number | undefined>;
  readonly failed: (error: unknown) => void;
}

export function createAlarm({ now, everyMs, wake, failed }: AlarmParts): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let next = Number.POSITIVE_INFINITY;
  let current: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  function arm(): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => void ring(), Math.min(everyMs, Math.max(0, next - now())));
  }

  async function once(): Promise<void> {
    next = Number.POSITIVE_INFINITY;
    try {
      next = Math.min(next, (await wake()) ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      failed(error);
      next = now() + 1_000;
    }
  }

  async function turn(): Promise<void> {
    do {
      again = false;
      await once();
    } while (again && !stopped);
    current = undefined;
    arm();
  }

  /** Who rings while it is awake wants what happened since: one more turn. */
  async function ring(): Promise<void> {
    if (stopped) return;
    if (current) again = true;
    current ??= turn();
    await current;
  }

  arm();
  return {
    at: (time) => {
      if (time >= next) return;
      next = time;
      if (current === undefined) arm();
    },
    ring,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
