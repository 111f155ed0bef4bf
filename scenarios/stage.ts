/** Where one scenario plays: a runtime of its own in memory with a clock that stands still, the folder's resources, and the mocks so far. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rejection, Variables } from '../engine/terms.ts';
import { openRuntime } from '../runtime/open.ts';
import type { Row } from '../runtime/collections.ts';
import type { CollectionName } from '../runtime/collections.ts';
import type { Filter } from '../runtime/ports.ts';
import type { Resource, Runtime } from '../runtime/runtime.ts';

/** An instruction could not be done, or what it asserts is not so. "Expected to ..., but ..." */
export class ScenarioFailure extends Error {}

export type Mock =
  { readonly variables: Variables } | { readonly errorCode: string; readonly errorMessage?: string; readonly variables: Variables };

export const by = { id: 'scenario' } as const;
/** mocks that keep creating jobs for themselves are an endless loop in the model */
const ROUNDS = 200;

export class Stage {
  readonly runtime: Runtime;
  readonly mocks = new Map<string, Mock>();
  readonly #folder: string;

  constructor(runtime: Runtime, folder: string) {
    this.runtime = runtime;
    this.#folder = folder;
  }

  async rows(collection: CollectionName, filter: Filter): Promise<readonly Row[]> {
    return (await this.runtime.store.search(collection, { filter, limit: 10_000 })).items;
  }

  /** Waits until nothing moves by itself any more, mocks included. */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      await this.runtime.settled();
      if (!(await this.#playMocks())) return;
    }
    throw new ScenarioFailure(`Expected the process to come to rest, but mocked jobs went on for ${ROUNDS} rounds`);
  }

  async #playMocks(): Promise<boolean> {
    let played = false;
    for (const [type, mock] of this.mocks) {
      const jobs = await this.runtime.activateJobs(
        { type, worker: 'scenario', max: 100, timeoutMs: 60_000, waitMs: 0 },
        new AbortController().signal,
      );
      for (const { job } of jobs) {
        played = true;
        const key = String(job['jobKey']);
        if (!('errorCode' in mock)) await this.done(this.runtime.execute(key, { type: 'complete-job', variables: mock.variables, by }));
        else await this.done(this.runtime.execute(key, { type: 'throw-job-error', ...mock, by }));
      }
    }
    return played;
  }

  /** The answer when it went well; else the scenario fails with the rejection's sentence. */
  async done<T extends object>(answer: Promise<T | Rejection>): Promise<T> {
    const result = await answer;
    if ('kind' in result && 'reason' in result) throw new ScenarioFailure(`${String(result.reason)} (${String(result.kind)})`);
    return result as T;
  }

  async deploy(resources: readonly Resource[]): Promise<void> {
    const answer = await this.runtime.deploy(resources, by);
    if (answer.ok) return;
    const problems = (answer.problems ?? []).map(({ elementId, message }) => `  ${elementId ?? '-'}: ${message}`).join('\n');
    throw new ScenarioFailure(`${answer.reason}\n${problems}`);
  }

  async close(): Promise<void> {
    await this.runtime.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function openStage(resources: readonly Resource[]): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-scenario-'));
  const runtime = await openRuntime({ config: { databaseUrl: 'memory:', queue: 'in-process', clock: 'controllable', data: folder } });
  const stage = new Stage(runtime, folder);
  // the clock stands still from here on: only the scenario moves it
  await stage.done(runtime.moveClock(runtime.clock.now()));
  await stage.deploy(resources);
  return stage;
}
