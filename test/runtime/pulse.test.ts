import { expect, test } from '@jest/globals';
import type { Queue, QueueHandler } from '../../runtime/ports.ts';
import { createPulse } from '../../runtime/pulse.ts';

/** A queue as workers were seen to meet it after Redis had moved: it takes everything and may give nothing back. */
function deafQueue() {
  const state: { deaf: boolean; away: boolean; handler?: QueueHandler } = { deaf: false, away: false };
  const queue: Queue = {
    kind: 'bullmq',
    add: async (entries) => {
      if (state.away) throw new Error('away');
      if (!state.deaf) for (const { payload } of entries) await state.handler?.(payload, new AbortController().signal);
    },
    consume: async (_name, handler) => void (state.handler = handler),
    close: async () => undefined,
    ping: async () => undefined,
  };
  return { state, queue };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('[QU18] a queue that takes and does not give back ends the pulse; heard again it beats; one that is away does not end it', async () => {
  const { state, queue } = deafQueue();
  const pulse = createPulse({ queue, owner: 'me', everyMs: 10, patienceMs: 100 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(pulse.alive()).toBe(true);
  state.deaf = true;
  await until(() => !pulse.alive());
  state.deaf = false;
  await until(() => pulse.alive());
  state.away = true;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(pulse.alive()).toBe(true);
  pulse.stop();
});
