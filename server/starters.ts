/** Who may begin a case of a process by hand, where the diagram says so. What an event begins (message, timer, signal, call) nobody begins by hand. */
import type { Definition } from '../runtime/runtime.ts';
import { audit } from './audit.ts';
import { Problem } from './problem.ts';
import { CITY, groupsOf, has, isCityWide } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Asked } from './route.ts';

/** Administrators of the city may always; whoever is not signed in is looked at as the citizen that they may be. */
export function mayStart(reader: Reader, { starters }: Pick<Definition, 'starters'>): boolean {
  if (starters === undefined) return true;
  if (isCityWide(reader) && (has(reader, 'admin') || starters.groups.includes(CITY))) return true;
  const groups = reader.kind === 'nobody' ? ['citizen'] : groupsOf(reader);
  return starters.users.includes(reader.username) || groups.some((group) => starters.groups.includes(group));
}

export async function refuseOtherStarters(asked: Asked, definition: Definition): Promise<void> {
  if (mayStart(asked.reader, definition)) return;
  const subject = `process ${String(definition.row['processDefinitionId'])}`;
  await audit(asked.context, asked.reader, { action: 'call', subject, outcome: 'denied', reason: 'no candidate starter' });
  throw new Problem('FORBIDDEN', 'Expected somebody whom the process names as a candidate starter, but it names others');
}
