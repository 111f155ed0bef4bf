/**
 * Who may do what, in sentences. What no sentence allows is refused (default deny).
 * Calls are decided by a Rule; rows by a scope, which goes into the store's own query (law 8).
 *
 * Staff see the cases in which their agency takes part. Those who work for the city as a whole (agency `kota`) see every case.
 * Citizens see their own applications and nothing else.
 */
import type { Filter } from '../runtime/ports.ts';
import { has, isCityWide, localCaller } from './reader.ts';
import type { Reader, Role } from './reader.ts';

export interface Rule {
  readonly says: string;
  readonly holds: (reader: Reader) => boolean;
}

function staffWith(says: string, ...wanted: readonly Role[]): Rule {
  return { says, holds: (reader) => has(reader, ...wanted, 'admin') };
}

export const anyone: Rule = { says: 'Anyone may call this, signed in or not', holds: () => true };
export const signedIn: Rule = { says: 'Whoever is signed in', holds: ({ kind }) => kind !== 'nobody' };
export const citizens: Rule = { says: 'Citizens, for themselves', holds: ({ kind }) => kind === 'citizen' };
export const staff: Rule = { says: 'Staff of any agency, whatever their role', holds: ({ kind }) => kind === 'staff' };

export const deploys = staffWith('Analysts publish diagrams, decisions and forms', 'analyst');
export const startsCases = staffWith(
  'Everybody on the staff but evaluators starts cases',
  'analyst',
  'clerk',
  'supervisor',
  'integrator',
  'operator',
);
export const endsCases = staffWith('Operators and supervisors end cases', 'operator', 'supervisor');
export const worksOnTasks = staffWith('Clerks and supervisors work on tasks', 'clerk', 'supervisor');
export const worksOnJobs = staffWith('Integrators run workers; operators step in for them', 'integrator', 'operator');
export const seesJobs = staffWith('Integrators and operators see jobs', 'integrator', 'operator');
export const repairs = staffWith('Operators repair what is stuck', 'operator');
export const sendsMessages = staffWith('Integrators and operators send messages and signals', 'integrator', 'operator');
export const triesOut = staffWith('Those who build and repair try out decisions and expressions', 'analyst', 'integrator', 'operator');
export const movesClock = staffWith('Operators move the clock, where it can be moved', 'operator', 'integrator');
export const watches = staffWith('Operators and evaluators watch how services perform', 'operator', 'evaluator');
export const readsAccounts = staffWith("Administrators see accounts, agencies and roles; an agency's own only its own people");
export const readsExchanges = staffWith(
  'Integrators, supervisors, operators and evaluators read which data was exchanged for cases of their agency',
  'integrator',
  'supervisor',
  'operator',
  'evaluator',
);
const inPerson = (reader: Reader): boolean =>
  has(reader, 'admin') && reader.actingAs === undefined && reader.machine !== true && reader !== localCaller;
/** Never in somebody's place, by a program, and never where nobody signed in: what is changed here outlives the request. */
export const keepsAccounts: Rule = {
  says: 'Administrators who signed in themselves keep accounts, members and roles',
  holds: (reader) => inPerson(reader),
};
/** What decides for everybody is kept by no single agency. */
export const keepsCity: Rule = {
  says: 'Administrators of the whole city who signed in themselves keep agencies and mapping rules',
  holds: (reader) => isCityWide(reader) && inPerson(reader),
};
export const keepsDocuments = staffWith(
  'Everybody on the staff but evaluators files documents',
  'analyst',
  'clerk',
  'supervisor',
  'integrator',
  'operator',
);
export const registersAgencies = staffWith(
  "Integrators register agencies, their connections and contracts; an agency's own only its own",
  'integrator',
);
export const readsRegister = staffWith(
  "Integrators and operators see what is registered; an agency's own only its own",
  'integrator',
  'operator',
);
export const readsCluster = staffWith(
  'Analysts, integrators and operators see the task listeners and variables of the whole cluster',
  'analyst',
  'integrator',
  'operator',
);
/** What is kept here reaches into the processes of every agency. */
export const keepsCluster: Rule = {
  says: 'Integrators and administrators of the whole city keep the task listeners and variables of the cluster',
  holds: (reader) => has(reader, 'integrator', 'admin') && isCityWide(reader),
};
export const holdsCases = staffWith(
  'Operators and supervisors of the agency that owns a case put it under legal hold, lift the hold, and read its archive',
  'operator',
  'supervisor',
);
export const holdsAgencies = staffWith("Operators hold and release agencies; an agency's own only its own", 'operator');
export const readsAlerts = staffWith(
  'Integrators, supervisors, operators and evaluators read what is the matter; of an agency only what is its own',
  'integrator',
  'supervisor',
  'operator',
  'evaluator',
);
export const handlesAlerts = staffWith("Operators take alerts on, mute them and say who is told; an agency's own only its own", 'operator');
export const switchesSandbox = staffWith('Operators switch the faults of sandbox agencies', 'operator');

/** Cases that the reader may see. */
export function caseScope(reader: Reader): Filter {
  if (isCityWide(reader)) return {};
  if (reader.kind === 'staff') return { agencies: { $hasAny: [reader.agency ?? ''] } };
  if (reader.kind === 'citizen') return { startedBy: reader.username };
  return nothing;
}

/** Tasks that the reader may see and work on: those of the own unit, and those that name the reader; whoever leads a unit sees all of its agency. Citizens: only what is theirs to do. */
export function taskScope(reader: Reader): Filter {
  if (isCityWide(reader)) return {};
  if (reader.kind === 'citizen') return { assignee: reader.username };
  if (reader.kind === 'nobody') return nothingOfTasks;
  const agency = reader.agency ?? '';
  return {
    $or: [
      // what somebody alone was named for is not the unit's, but whoever leads the unit sees it. A citizen's task has no agency.
      leadsUnit(reader) ? { agency } : { agency, candidateGroups: { $exists: true } },
      { candidateGroups: { $hasAny: [agency] } },
      { candidateUsers: { $hasAny: [reader.username] } },
      { assignee: reader.username },
    ],
  };
}

/** Accounts that the reader may see and keep: everybody on the staff, or the people of the own agency. Citizens are their own realm. */
export function accountScope(reader: Reader): Filter {
  return isCityWide(reader) ? { realm: 'staff' } : { realm: 'staff', agency: reader.agency ?? '' };
}

/** Documents that the reader may open. */
export function documentScope(reader: Reader): Filter {
  if (isCityWide(reader)) return {};
  if (reader.kind === 'citizen') return { citizen: reader.username };
  return { agencies: { $hasAny: [reader.agency ?? ''] } };
}

/** Records of exchange that the reader may see: those of the cases in which the own agency takes part. */
export function exchangeScope(reader: Reader): Filter {
  return isCityWide(reader) ? {} : { agencies: { $hasAny: [reader.agency ?? ''] } };
}

/** The register's rows of one agency are for those who keep it: the agency's own people, and those who work for the city as a whole. */
export function mayRegister(reader: Reader, agencyId: string): boolean {
  return isCityWide(reader) || reader.agency === agencyId;
}

/** Jobs that an integrator's workers get: those of the integrator's agency. */
export function jobScope(reader: Reader): Filter {
  return isCityWide(reader) ? {} : { agency: reader.agency ?? '' };
}

/** May the reader give tasks to others, and take them over? */
export function leadsUnit(reader: Reader): boolean {
  return has(reader, 'supervisor', 'admin');
}

const nothing: Filter = { state: { $in: [] } };
const nothingOfTasks: Filter = { state: { $in: [] } };
