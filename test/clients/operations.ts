/** Every operation of the official client that we serve, with what is tried of it. */
import { documents, groups, roles, users } from './account-operations.ts';
import { clusterWide } from './cluster-operations.ts';
import { batches, cases, cluster, definitions, elements, jobs, messages, tasks } from './engine-operations.ts';
import { records, statistics } from './watching-operations.ts';
import type { Operation } from './engine-operations.ts';

export const operations: Readonly<Record<string, Operation>> = {
  ...cluster,
  ...definitions,
  ...cases,
  ...elements,
  ...jobs,
  ...tasks,
  ...messages,
  ...batches,
  ...statistics,
  ...records,
  ...users,
  ...documents,
  ...groups,
  ...roles,
  ...clusterWide,
};
