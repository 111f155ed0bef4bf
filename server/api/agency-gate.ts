/** Holding an agency by hand and letting it out again, and what is said of its compartment (runtime/compartments/terms.ts). */
import { z } from 'zod';
import type { GateView } from '../../runtime/runtime.ts';
import { audit } from '../audit.ts';
import { parseBody, textParam } from '../input.ts';
import { holdsAgencies, mayRegister } from '../policy.ts';
import { accepted, Problem } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';

/** The gate as it goes over the wire: times in ISO 8601. */
export function shownGate({ state, since, by, reason, until, nextTryAt, failure }: GateView): object {
  return { state, since: iso(since), by, reason, until: iso(until), nextTryAt: iso(nextTryAt), failure };
}

function ownAgency(asked: Asked): string {
  const agencyId = textParam(asked, 'agencyId');
  if (!asked.context.agencies.has(agencyId)) throw new Problem('NOT_FOUND', 'Expected an agency with this id, but there is none');
  if (!mayRegister(asked.reader, agencyId)) throw new Problem('FORBIDDEN', 'Expected an operator of this agency, but you are another’s');
  return agencyId;
}

const reason = z.string().trim().min(3).max(500);
const holdBody = z.strictObject({ reason });
const releaseBody = z.strictObject({ reason, perSecond: z.number().min(0.1).max(1000).optional() });

async function hold(asked: Asked) {
  const agencyId = ownAgency(asked);
  const given = parseBody(asked, holdBody);
  accepted(await asked.context.runtime.holdAgency(agencyId, actorOf(asked.reader), given.reason));
  return told(asked, { agencyId, act: 'held', why: given.reason });
}

async function release(asked: Asked) {
  const agencyId = ownAgency(asked);
  const { perSecond, reason: why } = parseBody(asked, releaseBody);
  accepted(await asked.context.runtime.releaseAgency(agencyId, actorOf(asked.reader), perSecond));
  return told(asked, { agencyId, act: 'released', why });
}

interface Done {
  readonly agencyId: string;
  readonly act: 'held' | 'released';
  readonly why: string;
}

/** Into the audit with its reason; answers how it stands now. */
async function told({ context, reader }: Asked, { agencyId, act, why }: Done) {
  await audit(context, reader, { action: 'call', subject: `agency ${agencyId} ${act}`, outcome: 'done', reason: why });
  return ok({ agencyId, gate: shownGate(context.runtime.agencyGate(agencyId)) });
}

const at = '/api/v1/agencies/:agencyId' as const;

export const agencyGateRoutes: readonly Route[] = [
  { method: 'post', path: `${at}/hold`, allow: holdsAgencies, body: holdBody, summary: "An agency's calls wait from now on; those that run end", handler: hold },
  { method: 'post', path: `${at}/release`, allow: holdsAgencies, body: releaseBody, summary: 'They go out again, slowly at first, also when its system counts as down', handler: release },
]; // prettier-ignore
