/** What the engine may know besides the instance itself. All of it is looked up, nothing of it waits. */
import type { Binding, Process } from './process.ts';
import type { ClusterSettings } from './cluster.ts';
import type { Clock, Scope } from './feel/index.ts';
import type { Spent } from './machine/effort.ts';
import type { Json, Key, MadeDecision } from './terms.ts';

export interface DecisionOutcome {
  readonly ok: true;
  readonly output: Json;
  readonly matchedRules: readonly Json[];
  readonly inputs: readonly Json[];
  /** those that it required, in their order */
  readonly required?: readonly MadeDecision[];
}
export interface DecisionFailure {
  readonly ok: false;
  readonly message: string;
}

/** A deployed decision, ready to be evaluated. The runtime makes it from engine/dmn. */
export interface DeployedDecision {
  readonly key: Key;
  readonly name?: string;
  readonly kind?: MadeDecision['kind'];
  evaluate(scope: Scope, clock: Clock): DecisionOutcome | DecisionFailure;
}

/**
 * What is deployed, as this process definition sees it: `latest` the newest version, `deployment` the one that was deployed
 * together with it, `versionTag` the newest with that tag. Undefined = nothing of that name.
 */
export interface Library {
  decision(id: string, binding: Binding): DeployedDecision | undefined;
  form(id: string, binding: Binding): { readonly key: Key } | undefined;
  process(id: string, binding: Binding): { readonly key: Key } | undefined;
  /** a deployed file of any other kind; absent: there are none */
  resource?(id: string, binding: Binding): { readonly key: Key } | undefined;
}

export interface World {
  readonly process: Process;
  /** key and version of `process`; a migration swaps all three */
  readonly processKey: Key;
  readonly processVersion: number;
  readonly library: Library;
  /** IANA name, e.g. Asia/Jakarta: where dates without offset and cron expressions are meant */
  readonly zone: string;
  /** absent: no global task listeners and no cluster variables */
  readonly cluster?: ClusterSettings;
  /** a command stops when it has spent this (`state.paused`), to be continued; absent: it runs to rest or to its limit */
  readonly slice?: Spent;
  /** target of a migration, when the command is one */
  readonly target?: { readonly process: Process; readonly processKey: Key; readonly processVersion: number; readonly library?: Library };
}
