import { collections } from '../../collections.ts';
import type { Collection, Row } from '../../collections.ts';
import type { LeaseRequest } from '../../ports.ts';
import { searchPlan } from '../search-plan.ts';
import { ABSENT } from './documents.ts';
import type { Doc, MongoRoom } from './documents.ts';
import { filterOf, sortOf } from './row-search.ts';
import { rowOf } from './row-document.ts';

const jobs: Collection = collections.jobs;

/** Looks, then takes each by compare-and-set; what others took meanwhile is looked for again. Its next lease is possible at the deadline: `availableAt` says so. */
export async function leaseJobs(room: MongoRoom, request: LeaseRequest): Promise<readonly Row[]> {
  const leased: Row[] = [];
  while (leased.length < request.max) {
    const found = await candidates(room, request, request.max - leased.length);
    for (const document of found) {
      const row = await lease(room, request, document);
      if (row) leased.push(row);
    }
    if (found.length === 0 || request.jobKey !== undefined) break;
  }
  return leased;
}

async function candidates(room: MongoRoom, request: LeaseRequest, limit: number): Promise<readonly Doc[]> {
  const filter = {
    type: request.type,
    open: true,
    availableAt: { $lte: request.now },
    retries: { $gt: 0 },
    suspended: { $neq: true },
    ...(request.jobKey !== undefined && { jobKey: request.jobKey }),
  };
  const sort = [{ field: 'priority', order: 'DESC' }, { field: 'availableAt' }] as const;
  const plan = searchPlan(jobs, { filter, sort, limit, ...(request.scope && { scope: request.scope }) });
  return await room.rows('jobs').find(filterOf(jobs, plan.condition)).sort(sortOf(jobs, plan)).limit(limit).toArray();
}

async function lease(room: MongoRoom, { worker, deadline, leaseToken }: LeaseRequest, seen: Doc): Promise<Row | undefined> {
  const before = typeof seen['attempt'] === 'number' ? seen['attempt'] : 0;
  const unreported = typeof seen['leaseToken'] === 'string';
  const fields = { worker, deadline, availableAt: deadline, leaseToken: leaseToken ?? ABSENT, attempt: before + 1, unreported };
  const unchanged = { _id: seen._id, open: true, attempt: seen['attempt'], availableAt: seen['availableAt'], suspended: seen['suspended'] };
  const { matchedCount } = await room.rows('jobs').updateOne(unchanged, { $set: fields });
  return matchedCount === 1 ? rowOf(jobs, { ...seen, ...fields }) : undefined;
}
