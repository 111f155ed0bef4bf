/** For those who build: check a diagram before publishing, and make sandbox agencies misbehave. */
import { z } from 'zod';
import { faults } from '../context.ts';
import { parseBody, textParam } from '../input.ts';
import { deploys, switchesSandbox } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

/** characters of one diagram, as for deployment */
const MAX_XML = 2 * 1024 * 1024 - 1;

const checkBody = z.object({ xml: z.string() });
async function check(asked: Asked) {
  const { xml } = parseBody(asked, checkBody);
  if (xml.length > MAX_XML) throw new Problem('BODY_TOO_LARGE', 'Expected a diagram smaller than 2 MiB, but it is larger');
  const problems = await asked.context.runtime.check({ name: 'diagram.bpmn', text: xml });
  return ok({ problems: problems.map(({ resource: _resource, ...problem }) => problem) });
}

function sandboxOf({ context }: Asked) {
  if (context.sandbox === undefined) throw new Problem('NOT_FOUND', 'Expected sandbox agencies, but none run here');
  return context.sandbox.agencies;
}

function shown(asked: Asked) {
  return sandboxOf(asked).map(({ agencyId, fault }) => ({ agencyId, name: asked.context.agencies.nameOf(agencyId), fault }));
}

const setFaultBody = z.object({ fault: z.enum(faults) });
function setFault(asked: Asked) {
  const { fault } = parseBody(asked, setFaultBody);
  const { agencyId } = sandboxOne(asked);
  sandboxOf(asked)
    .find((one) => one.agencyId === agencyId)
    ?.setFault(fault);
  return ok({ agencyId, fault });
}

function sandboxOne(asked: Asked) {
  const agency = shown(asked).find(({ agencyId }) => agencyId === textParam(asked, 'agencyId'));
  if (agency === undefined) throw new Problem('NOT_FOUND', 'Expected a sandbox agency with this id, but there is none');
  return agency;
}

export const workshopRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/check', allow: deploys, body: checkBody, handler: check },
  { method: 'get', path: '/api/v1/sandbox', allow: switchesSandbox, handler: (asked) => ok({ items: shown(asked) }) },
  { method: 'get', path: '/api/v1/sandbox/:agencyId', allow: switchesSandbox, handler: (asked) => ok(sandboxOne(asked)) },
  { method: 'put', path: '/api/v1/sandbox/:agencyId', allow: switchesSandbox, records: 'house', body: setFaultBody, handler: setFault },
];
