import type { Config } from '../runtime/config.ts';
import type { Rehearsals } from '../runtime/rehearsal/report.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Agencies } from './agencies.ts';
import type { Carriers } from './alerts/watch.ts';
import type { Events } from './events.ts';
import type { bearerOf } from './identity/bearer.ts';
import type { CodeFlow } from './identity/code-flow.ts';
import type { Contact } from './identity/contacts.ts';
import type { Identities } from './identity/identities.ts';
import type { Issuers } from './identity/issuers.ts';
import type { Machines } from './identity/machines.ts';
import type { CodeMessage, OneTimeCodes } from './identity/one-time-codes.ts';
import type { Sealed } from './identity/sealed.ts';
import type { Operation } from './operations.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RegistryTools } from './registry-tools.ts';
import type { SignIns } from './sign-ins.ts';
import type { Sessions } from './sessions.ts';

export type ServerConfig = Pick<Config, 'auth' | 'clock' | 'publicUrl'> & Partial<Pick<Config, 'rateLimit' | 'proxies'>>;

export const faults = ['none', 'slow', 'down', 'wrong-body'] as const;
export type Fault = (typeof faults)[number];

/** The sandbox agencies as the server needs them; given only where they run. */
export interface Sandbox {
  readonly agencies: readonly { readonly agencyId: string; readonly fault: Fault; setFault(fault: Fault): void }[];
}

/** What every handler may use, made once at start. */
export interface Context {
  readonly runtime: Runtime;
  readonly config: ServerConfig;
  readonly agencies: Agencies;
  readonly sandbox?: Sandbox;
  /** absent where no rehearsals can be held */
  readonly rehearsals?: Rehearsals;
  /** what an agency's interface offers; absent where no interface documents were given */
  readonly operationsOf?: (agencyId: string) => Promise<readonly Operation[]>;
  /** takes in agencies; absent where nobody can */
  readonly registry?: RegistryTools;
  /** tells people of alerts; absent where nobody can be told */
  readonly carriers?: Carriers;
  /** signs links to documents */
  readonly secret: string;
  readonly sessions: Sessions;
  readonly signIns: SignIns;
  readonly machines: Machines;
  readonly issuers: Issuers;
  readonly identities: Identities;
  readonly flow: CodeFlow;
  /** for what rests in the store and only we read */
  readonly kept: Sealed;
  /** absent: calls are not counted */
  readonly limits?: RateLimits;
  /** absent where nothing can be sent */
  readonly codes?: { readonly codes: OneTimeCodes; readonly channels: readonly Contact['channel'][] };
  /** where messages are caught instead of sent: the one of this browser (the secret of its cookie) */
  readonly caughtCode?: (browser: string) => CodeMessage | undefined;
  /** who a bearer token stands for */
  readonly bearer: ReturnType<typeof bearerOf>;
  readonly events: Events;
  /** wall clock for sessions, drafts and answers to retries: moving the process clock must not sign people out */
  readonly now: () => number;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}
