/** Root conditional start events: looked at when somebody asks, with the variables that come along. */
import type { Actor, Key, Rejection, StartSubscription, Variables } from '../engine/index.ts';
import type { DefinitionEntry } from './definitions.ts';
import { happened, isJoined } from './joined-starts.ts';
import type { Room } from './room.ts';
import type { Runtime } from './runtime.ts';

type Started = { readonly processDefinitionKey: Key; readonly processInstanceKey: Key };

/** Every conditional start event whose condition holds begins an instance of its own; of one definition, or of the latest version of each process. */
export async function evaluateConditions(
  room: Room,
  { processDefinitionKey, variables }: Parameters<Runtime['evaluateConditions']>[0],
  by: Actor,
): ReturnType<Runtime['evaluateConditions']> {
  const named = processDefinitionKey === undefined ? undefined : room.book.startable(processDefinitionKey);
  if (processDefinitionKey !== undefined && named === undefined)
    return { ok: false, kind: 'NOT_FOUND', reason: `Expected a process definition ${processDefinitionKey}, but there is none` };
  const conditionalEvaluationKey = await room.ids.next();
  const processInstances: Started[] = [];
  for (const definition of named ? [named] : room.book.latestEntries())
    for (const known of holding(room, definition, variables)) {
      if (isJoined(known)) {
        const keys = await happened(room, definition, known, {
          id: `condition-${conditionalEvaluationKey}-${known.elementId}`,
          variables,
          by,
        });
        processInstances.push(...keys.map((processInstanceKey) => ({ processDefinitionKey: definition.key, processInstanceKey })));
        continue;
      }
      const started = await start(room, definition, { elementId: known.elementId, variables, by });
      if (!started.ok) return started;
      processInstances.push({ processDefinitionKey: definition.key, processInstanceKey: started.processInstanceKey });
    }
  return { ok: true, conditionalEvaluationKey, processInstances };
}

function holding({ moment }: Room, { starts }: DefinitionEntry, variables: Variables): readonly StartSubscription[] {
  const now = moment();
  return starts.flatMap((start) => (start.kind === 'condition' && start.holds(variables, now) ? [start] : []));
}

async function start(
  room: Room,
  definition: DefinitionEntry,
  { elementId, variables, by }: { readonly elementId: string; readonly variables: Variables; readonly by: Actor },
): Promise<{ readonly ok: true; readonly processInstanceKey: Key } | Rejection> {
  const instanceKey = await room.ids.next();
  const command = { type: 'create-instance', at: room.clock.now(), by, instanceKey, variables, startElementId: elementId } as const;
  const outcome = await room.act(instanceKey, command, { definition });
  if (outcome.ok) return { ok: true, processInstanceKey: instanceKey };
  return outcome.kind === 'CLAIMED' ? { ...outcome, kind: 'ALREADY_EXISTS' } : outcome;
}
