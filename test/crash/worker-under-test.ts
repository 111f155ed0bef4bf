/**
 * A real process with a runtime, killed by its parent or by its own job.
 * argv: database URL, data folder, Redis URL (or nothing), what its handler of `stamp` does, whether it is told to start a case.
 */
import { openRuntime } from '../../runtime/open.ts';
import type { JobHandler } from '../../workers/job.ts';
import { line, serviceTask } from '../runtime/support/bpmn.ts';

const [databaseUrl = '', data = '', redisUrl = '', does = 'done', starts = ''] = process.argv.slice(2);
const by = { id: 'crash-test' };

const handlers: Readonly<Record<string, JobHandler>> = {
  done: async () => ({ by: process.pid }),
  hangs: async () => {
    process.send?.({ what: 'running' });
    return await new Promise(() => undefined);
  },
  /** slow, and then done: for a stop in the middle */
  slow: async () => {
    process.send?.({ what: 'running' });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return { by: process.pid };
  },
  kills: async () => {
    process.kill(process.pid, 'SIGKILL');
    return await new Promise(() => undefined);
  },
};

const queue = redisUrl === '' ? ({ queue: 'in-process' } as const) : ({ queue: 'bullmq', redisUrl } as const);
const runtime = await openRuntime({
  config: { databaseUrl, data, clock: 'real', mongoStandalone: true, ...queue },
  handlers: new Map([['stamp', handlers[does] ?? (async () => ({}))]]),
});
const told = await runtime.deploy([{ name: 'p.bpmn', text: line('p', [['stamp', serviceTask('stamp', 'stamp')]]) }], by);
if (!told.ok) throw new Error(told.reason);
if (starts !== '') {
  const answer = await runtime.startInstance({ processDefinitionId: 'p' }, by);
  process.send?.({ what: 'started', key: answer.ok ? answer.processInstanceKey : '' });
}
process.on('SIGTERM', () => void runtime.close().then(() => process.exit(0)));
process.on('message', async (told) => {
  // nothing but what is left open keeps it alive then
  if (told === 'leave') return void runtime.close().then(() => process.disconnect());
  const [instances, incidents] = await Promise.all([runtime.store.search('processInstances', {}), runtime.store.search('incidents', {})]);
  process.send?.({ what: 'state', states: instances.items.map(({ state }) => state), incidents: incidents.items });
});
process.send?.({ what: 'ready' });
