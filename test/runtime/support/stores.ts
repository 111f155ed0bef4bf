import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime } from '../../../runtime/open.ts';
import type { OpenRuntime } from '../../../runtime/open.ts';
import type { MongoServer } from '../../support/mongo-server.ts';
import { startMongoServer } from '../../support/mongo-server.ts';
import type { Runtime } from '../../../runtime/runtime.ts';

export const by = { id: 'ani', agency: 'kominfo' };

export interface Opened {
  readonly runtime: Runtime;
  readonly folder: string;
  readonly databaseUrl: string;
  /** the same data, opened again, after a proper end or (`crash`) beside the old one, which is left alone */
  reopen(options?: Partial<OpenRuntime>): Promise<Runtime>;
  dispose(): Promise<void>;
}

/** Real stores, the queue in this process, a clock that can be moved. */
export type StoreName = 'memory' | 'sqlite' | 'mongo';

let mongoServer: MongoServer | undefined;

/** The stores of this run; MongoDB where there is one. Stop it with `stopMongo` after all. */
export async function storeNames(): Promise<readonly StoreName[]> {
  mongoServer = await startMongoServer();
  return mongoServer === undefined ? ['memory', 'sqlite'] : ['memory', 'sqlite', 'mongo'];
}
export function stopMongo(): void {
  mongoServer?.stop();
}

let databases = 0;
function urlOf(store: StoreName, folder: string): string {
  if (store === 'memory') return 'memory:';
  if (store === 'sqlite') return `file:${join(folder, 'alur.sqlite')}`;
  return mongoServer?.database(`runtime${process.pid}x${(databases += 1)}`) ?? '';
}

export async function openTestRuntime(
  store: StoreName,
  options: Partial<OpenRuntime> = {},
  settings: Partial<OpenRuntime['config']> = {},
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-runtime-'));
  const databaseUrl = urlOf(store, folder);
  const open = async (more: Partial<OpenRuntime>): Promise<Runtime> =>
    await openRuntime({
      config: { databaseUrl, data: folder, queue: 'in-process', clock: 'controllable', mongoStandalone: true, ...settings },
      retryBackOffMs: 1,
      ...options,
      ...more,
    });
  const opened = [await open({})];
  return {
    runtime: opened[0] as Runtime,
    folder,
    databaseUrl,
    reopen: async (more = {}) => {
      await opened[0]?.close();
      opened.unshift(await open(more));
      return opened[0] as Runtime;
    },
    dispose: async () => {
      await opened[0]?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Deploys and starts; throws when either is refused. */
export async function start(runtime: Runtime, xml: string, variables: Record<string, string | number | boolean> = {}): Promise<string> {
  await deployed(runtime, xml);
  const [, id = ''] = /<bpmn:process id="([^"]+)"/.exec(xml) ?? [];
  const started = await runtime.startInstance({ processDefinitionId: id, variables }, by);
  if (!started.ok) throw new Error(started.reason);
  return started.processInstanceKey;
}

export async function deployed(runtime: Runtime, xml: string, name = 'p.bpmn'): Promise<void> {
  const answer = await runtime.deploy([{ name, text: xml }], by);
  if (!answer.ok) throw new Error(`${answer.reason} ${JSON.stringify(answer.problems)}`);
}

export async function stateOf(runtime: Runtime, key: string): Promise<unknown> {
  return (await runtime.store.get('processInstances', key))?.['state'];
}
