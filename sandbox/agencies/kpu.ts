/** The election commission: takes a report at once (202), compares the roll later, and tells the result. */
import type { Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

const DAY = 86_400_000;

export const kpu: Behaviour = {
  operations: {
    reportDeath: ({ body }, world) => {
      const requestNumber = world.state.nextNumber('KPU');
      world.state.records.set(requestNumber, { ...(body as JsonObject), state: 'received' });
      if (world.laterMs !== undefined) world.schedule('compare', { requestNumber }, world.laterMs);
      return { status: 202, body: { requestNumber, state: 'received' } };
    },
  },
  actions: {
    compare: ({ requestNumber }, world) => {
      const key = String(requestNumber);
      const report = world.state.records.get(key);
      if (report === undefined || report['state'] !== 'received') return undefined;
      const voter = { requestNumber: key, state: 'removed' };
      world.state.records.set(key, { ...report, ...voter });
      world.announce({ name: 'kpu-selesai', correlationKey: key, messageId: key, timeToLive: DAY, variables: { voter } });
      return voter;
    },
  },
};
