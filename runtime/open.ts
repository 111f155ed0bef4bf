/**
 * Opens a runtime: store, queue, clock, definitions, workers, timers, sweeper. The one entrance for the server, tests and scenarios.
 */
import type { JobHandler } from '../workers/job.ts';
import type { Config } from './config.ts';
import type { Runtime } from './runtime.ts';

export type RuntimeConfig = Pick<Config, 'databaseUrl' | 'data' | 'clock' | 'queue' | 'redisUrl'>;

export interface OpenRuntime {
  /** from `readConfig`. For tests: `{ databaseUrl: 'memory:', queue: 'in-process', clock: 'controllable', data: <folder> }` */
  readonly config: RuntimeConfig;
  /** built-in job types and what does them. Types that are not in here wait for external workers (`activateJobs`). */
  readonly handlers?: ReadonlyMap<string, JobHandler>;
  /** milliseconds that one call of a handler may take before its signal aborts; default 60,000 */
  readonly handlerTimeoutMs?: number;
  /** one line per notable thing; never personal data. Default: nothing is written. */
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** Resolves when the runtime accepts commands and everything that a crash left behind is being done again. Throws when store or queue are unusable. */
export function openRuntime(options: OpenRuntime): Promise<Runtime> {
  return Promise.reject(new Error(`Expected a runtime on ${options.config.databaseUrl}, but it is not built yet`));
}
