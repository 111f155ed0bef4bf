/** Moving tokens by hand: the wire's instructions → the engine's. */
import { z } from 'zod';
import { instanceKeyOf, localOf } from '../../engine/keys.ts';
import type { ActivateInstruction, CommandOf, Key, MoveInstruction, TerminateInstruction } from '../../engine/terms.ts';
import { key, name, parseBody, variables } from '../input.ts';
import { Problem } from '../problem.ts';
import type { Asked } from '../route.ts';

const MOST = 1_000;
const inScope = z.array(z.object({ variables, scopeId: z.string().max(1024).nullish() })).max(MOST);
/** -1: some clients' word for none */
const ancestor = z.union([key, z.literal('-1')]);
const scope = z.discriminatedUnion('ancestorScopeType', [
  z.object({ ancestorScopeType: z.literal('direct'), ancestorElementInstanceKey: key }),
  z.object({ ancestorScopeType: z.literal('inferred') }),
  z.object({ ancestorScopeType: z.literal('sourceParent') }),
]);
const source = z.union([z.object({ sourceElementInstanceKey: key }), z.object({ sourceElementId: name })]);
export const instructions = z.object({
  activateInstructions: z
    .array(z.object({ elementId: name, variableInstructions: inScope.nullish(), ancestorElementInstanceKey: ancestor.nullish() }))
    .max(MOST)
    .nullish(),
  terminateInstructions: z
    .array(z.union([z.object({ elementInstanceKey: key }), z.object({ elementId: name })]))
    .max(MOST)
    .nullish(),
  moveInstructions: z
    .array(
      z.object({
        sourceElementInstruction: source,
        targetElementId: name,
        ancestorScopeInstruction: scope.nullish(),
        variableInstructions: inScope.nullish(),
      }),
    )
    .max(MOST)
    .nullish(),
});
type Instructions = z.infer<typeof instructions>;
type Move = NonNullable<Instructions['moveInstructions']>[number];

type Modification = Pick<CommandOf<'modify-instance'>, 'type' | 'activate' | 'terminate' | 'move'>;

/** INVALID_ARGUMENT when the body asks for nothing, or names element instances of another case. */
export function modificationOf(asked: Asked, processInstanceKey: Key): Modification {
  const given = parseBody(asked, instructions);
  const own = ownKeys(processInstanceKey);
  const activate = (given.activateInstructions ?? []).map((one): ActivateInstruction => {
    const under = one.ancestorElementInstanceKey;
    return {
      elementId: one.elementId,
      ...(under && under !== '-1' ? { ancestor: own(under) } : {}),
      ...variablesOf(one.variableInstructions),
    };
  });
  const terminate = (given.terminateInstructions ?? []).map((one): TerminateInstruction =>
    'elementId' in one ? one : { n: own(one.elementInstanceKey) },
  );
  const move = (given.moveInstructions ?? []).map((one) => moveOf(one, own));
  if (activate.length + terminate.length + move.length === 0)
    throw new Problem('INVALID_ARGUMENT', 'Expected at least one instruction (activate, move or terminate), but there is none');
  return { type: 'modify-instance', activate, terminate, move };
}

function moveOf(one: Move, own: (elementInstanceKey: Key) => number): MoveInstruction {
  const from = one.sourceElementInstruction;
  const around = one.ancestorScopeInstruction;
  const under =
    around === null || around === undefined
      ? undefined
      : around.ancestorScopeType === 'direct'
        ? own(around.ancestorElementInstanceKey)
        : around.ancestorScopeType === 'inferred'
          ? ('inferred' as const)
          : ('source-parent' as const);
  return {
    source: 'sourceElementId' in from ? { elementId: from.sourceElementId } : { n: own(from.sourceElementInstanceKey) },
    targetElementId: one.targetElementId,
    ...(under === undefined ? {} : { ancestor: under }),
    ...variablesOf(one.variableInstructions),
  };
}

function ownKeys(processInstanceKey: Key): (elementInstanceKey: Key) => number {
  return (elementInstanceKey) => {
    if (instanceKeyOf(elementInstanceKey) !== processInstanceKey)
      throw new Problem(
        'INVALID_ARGUMENT',
        `Expected element instances of process instance ${processInstanceKey}, but ${elementInstanceKey} belongs to another`,
      );
    return localOf(elementInstanceKey);
  };
}

function variablesOf(given: z.infer<typeof inScope> | null | undefined): Pick<ActivateInstruction, 'variables'> {
  if (!given?.length) return {};
  return { variables: given.map(({ variables: values, scopeId }) => ({ variables: values, ...(scopeId ? { scopeId } : {}) })) };
}
