/** The log of a running store cannot be brought to the disk: nothing more is acknowledged, and whoever asks is told that only a restart helps. */
import { afterEach, expect, test } from '@jest/globals';
import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createApp } from '../../server/app.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, openTestRuntime, start } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

let opened: Opened | undefined;
afterEach(async () => await opened?.dispose().catch(() => undefined));

/** Takes the log away from whoever writes and syncs it; who reads has the oldest descriptor. */
function loseLog(folder: string): void {
  const logs = readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === join(folder, 'alur.sqlite-wal');
    } catch {
      // closed meanwhile
      return false;
    }
  });
  const reading = Math.min(...logs.map(Number));
  for (const descriptor of logs) if (Number(descriptor) !== reading) closeSync(Number(descriptor));
}

test('[ST20] a store whose log cannot be written acknowledges nothing more; the process is not alive any more, and says why', async () => {
  opened = await openTestRuntime('sqlite');
  const { runtime, folder } = opened;
  await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
  const app = createApp({ runtime, config: { auth: 'none', clock: 'real', publicUrl: 'http://localhost' }, agencies: [] });
  const server = createServer(app);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const live = async () => await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/livez`);
  expect([runtime.alive(), (await live()).status]).toEqual([true, 200]);
  loseLog(folder);
  await expect(runtime.startInstance({ processDefinitionId: 'p' }, by)).rejects.toThrow();
  await expect(runtime.startInstance({ processDefinitionId: 'p' }, by)).rejects.toThrow(/earlier write failed/);
  await expect(runtime.store.ping()).rejects.toThrow();
  expect(runtime.alive()).toBe(false);
  const dead = await live();
  expect([dead.status, await dead.text()]).toEqual([503, expect.stringContaining('earlier write failed on the disk; restart it')]);
  app.closeEvents();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
