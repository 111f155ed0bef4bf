/** What makes one agency different from another: the answers of its operations and what it does by itself later. */
import type { Call } from './contract.ts';
import type { AgencyState, Announcement, Json, JsonObject } from './state.ts';

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface World {
  readonly state: AgencyState;
  /** milliseconds since 1970 UTC */
  now(): number;
  /** milliseconds between an order and its being done; undefined = only on demand */
  readonly laterMs: number | undefined;
  /** survives a restart when the sandbox keeps its state */
  schedule(action: string, input: JsonObject, delayMs: number): void;
  /** repeated until the receiver takes it */
  announce(announcement: Announcement): void;
}

export interface Behaviour {
  /** what stands before the agency's own system: an answer for who is not let in */
  readonly admit?: (headers: ReadonlyMap<string, string>) => Answer | undefined;
  /** the city's member path, when the agency is reached through X-Road */
  readonly xRoadClient?: string;
  readonly operations: Readonly<Record<string, (call: Call, world: World) => Answer>>;
  /** by itself later, or on demand (`act`); answers what came of it, or undefined when there is nothing to act on */
  readonly actions?: Readonly<Record<string, (input: JsonObject, world: World) => JsonObject | undefined>>;
}

export const problem = (status: number, code: string, title: string): Answer => ({
  status,
  body: { type: 'about:blank', title, status, code },
});

/** `2026-09-15` */
export const dayAfter = (now: number, days: number): string => new Date(now + days * 86_400_000).toISOString().slice(0, 10);
