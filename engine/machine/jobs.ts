/** Jobs: work for somebody outside. */
import type { JobSpec, LinkedResource } from '../process.ts';
import type { JobKind, ListenerEvent } from '../terms.ts';
import { evaluateNumber, evaluateText } from './evaluate.ts';
import { Fault } from './fault.ts';
import type { Run } from './run.ts';

export interface NewJob {
  readonly spec: JobSpec;
  readonly kind: JobKind;
  readonly listener?: ListenerEvent;
  readonly index?: number;
}

/** The header in which a worker finds the files that its job is linked to: a JSON list of {resourceKey, resourceType, linkName}. */
const LINKED = 'linkedResources';

/** Creates a job that belongs to element instance `n`. A type, number of retries or linked resource that does not evaluate or is not deployed is a Fault. */
export function createJob(run: Run, n: number, { spec, kind, listener, index }: NewJob): void {
  const purpose = (what: string) => ({ n, what, kind: 'EXTRACT_VALUE_ERROR' as const });
  const jobType = evaluateText(run, spec.type, purpose('the job type'));
  const retries = evaluateNumber(run, spec.retries, purpose('the retries of the job'));
  if (!Number.isInteger(retries) || retries < 1)
    throw new Fault('EXTRACT_VALUE_ERROR', `Expected the retries of the job to be a whole number above 0, but they are ${retries}.`);
  const priority = spec.priority && evaluateNumber(run, spec.priority, purpose('the priority of the job'));
  run.emit({
    t: 'job-created',
    n: run.number,
    el: n,
    jobType,
    kind,
    retries,
    headers: headersOf(run, n, spec),
    at: run.at,
    ...(listener && { listener }),
    ...(index !== undefined && { index }),
    ...(priority !== undefined && { priority }),
  });
}

function headersOf(run: Run, n: number, { headers, linked }: JobSpec): JobSpec['headers'] {
  if (linked === undefined) return headers;
  return { ...headers, [LINKED]: JSON.stringify(linked.map((resource) => linkTo(run, n, resource))) };
}

function linkTo(run: Run, n: number, { resourceId, resourceType, linkName, binding }: LinkedResource): Readonly<Record<string, string>> {
  const id = evaluateText(run, resourceId, { n, what: `the id of the linked resource '${linkName}'`, kind: 'EXTRACT_VALUE_ERROR' });
  const found = run.world.library.resource?.(id, binding);
  if (found) return { resourceKey: found.key, resourceType, linkName };
  const tag = binding.type === 'versionTag' ? ` '${binding.versionTag}'` : '';
  throw new Fault('RESOURCE_NOT_FOUND', `Expected a resource '${id}' (${binding.type}${tag}) to be deployed, but there is none.`);
}
