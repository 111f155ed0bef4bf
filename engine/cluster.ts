/**
 * What holds for every process of the installation and may change while it runs: task listeners and variables.
 * It comes in with each command like the rest of the world; the engine itself looks nothing of it up.
 */
import type { FeelValue, Scope } from './feel/index.ts';
import type { Json } from './terms.ts';

export const TASK_EVENTS = ['CREATING', 'ASSIGNING', 'UPDATING', 'COMPLETING', 'CANCELING'] as const;
export type TaskEvent = (typeof TASK_EVENTS)[number];

/** Is asked about the user tasks of every process, like a listener of the model. */
export interface GlobalTaskListener {
  readonly id: string;
  /** job type */
  readonly type: string;
  readonly events: readonly TaskEvent[];
  readonly retries: number;
  /** after the listeners of the model instead of before them */
  readonly afterNonGlobal: boolean;
  /** 0..100: the highest is asked first; among equals by id */
  readonly priority: number;
}

export interface ClusterSettings {
  readonly taskListeners: readonly GlobalTaskListener[];
  /** what the name `camunda` means in FEEL where no variable is called so */
  readonly context: Json;
}

/** The name under which FEEL finds cluster variables: `camunda.vars.env.NAME`. */
export const CLUSTER_NAME = 'camunda';

type Named = readonly (readonly [name: string, value: Json])[];

/** `cluster`: global ones only, `tenant`: the tenant's only, `env`: both, the tenant's first. Whole values replace each other. */
export function clusterContext(global: Named, tenant: Named): Json {
  const cluster = Object.fromEntries(global);
  return { vars: { cluster, tenant: Object.fromEntries(tenant), env: Object.fromEntries([...global, ...tenant]) } };
}

const EMPTY = clusterContext([], []);

/** The value of a name that no variable has. */
export function clusterValue(settings: ClusterSettings | undefined, name: string): FeelValue | undefined {
  return name === CLUSTER_NAME ? (settings?.context ?? EMPTY) : undefined;
}

/** Variables first, then what holds everywhere. */
export function withCluster(scope: Scope, settings: ClusterSettings | undefined): Scope {
  return {
    get: (name) => {
      const known = scope.get(name);
      return known === undefined ? clusterValue(settings, name) : known;
    },
  };
}

/** In the order in which they are asked about `event`. */
export function globalListeners(settings: ClusterSettings | undefined, event: TaskEvent): readonly GlobalTaskListener[] {
  return (settings?.taskListeners ?? [])
    .filter(({ events }) => events.includes(event))
    .toSorted((left, right) => right.priority - left.priority || (left.id < right.id ? -1 : 1));
}
