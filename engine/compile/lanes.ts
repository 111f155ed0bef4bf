/** Lanes and pools: which agency an element belongs to. */
import type { Lane } from '../process.ts';
import { child, children, idOf, propertiesOf, text } from './node.ts';
import type { Node } from './node.ts';

/** All lanes of a process, outer ones before those inside them. A lane without an agency has that of the lane around it. */
export function lanesOf(process: Node): readonly Lane[] {
  return children(process, 'laneSets').flatMap((set) => lanesIn(set, undefined));
}

function lanesIn(set: Node | undefined, outer: string | undefined): readonly Lane[] {
  return children(set, 'lanes').flatMap((lane) => {
    const agency = propertiesOf(lane).get('alur:agency') ?? outer;
    const name = text(lane, 'name');
    const own: Lane = {
      id: idOf(lane),
      elements: children(lane, 'flowNodeRef').map(idOf),
      ...(name !== undefined && { name }),
      ...(agency !== undefined && { agency }),
    };
    return [own, ...lanesIn(child(lane, 'childLaneSet'), agency)];
  });
}

/** The agency of the pool that shows this process. */
export function poolAgency(definitions: Node, processId: string): string | undefined {
  const pools = children(definitions, 'rootElements')
    .filter((root) => root.$type === 'bpmn:Collaboration')
    .flatMap((collaboration) => children(collaboration, 'participants'));
  const pool = pools.find((participant) => text(child(participant, 'processRef') ?? participant, 'id') === processId);
  return pool && propertiesOf(pool).get('alur:agency');
}
