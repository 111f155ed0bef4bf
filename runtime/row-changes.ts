/** What one commit changes in the rows: each row once, however often it changed. */
import { keysOf } from '../engine/index.ts';
import type { Event, InstanceState, Key } from '../engine/index.ts';
import { CITIZEN } from './citizen.ts';
import type { CollectionName, Row } from './collections.ts';
import type { RowChange } from './ports.ts';
import type { Definition } from './runtime.ts';

/** What the state no longer tells after a commit: which element an element instance visited, which one an incident belongs to. */
export interface Names {
  readonly elements: Map<number, string>;
  readonly incidents: Map<number, number>;
}

export function namesOf(state: InstanceState | undefined): Names {
  return {
    elements: new Map([...(state?.elements ?? [])].map(([n, { element }]) => [n, element])),
    incidents: new Map([...(state?.incidents ?? [])].map(([n, { el }]) => [n, el])),
  };
}

export interface Projected {
  readonly events: readonly Event[];
  /** after the events */
  readonly state: InstanceState;
  /** brought up to date as a side effect */
  readonly names: Names;
  readonly definition: Definition;
  readonly at: number;
  /** of the instance, after the commit */
  readonly version: number;
  /** version and hash of this record, for the row of the case: a record that was cut off its end is missed */
  readonly auditHead?: string;
}

export class Changes {
  readonly #rows = new Map<CollectionName, Map<string, RowChange>>();
  /** the same few keys stand in many rows */
  readonly #keys = new Map<number, Key>();
  readonly #keyOf: (n: number) => Key;
  readonly of: Projected;
  readonly instance: Row;
  /** taken in this commit */
  readonly flows: string[] = [];
  constructor(of: Projected) {
    this.of = of;
    this.#keyOf = keysOf(of.state.key);
    const { state, definition } = of;
    const shared = { processInstanceKey: state.key, rootProcessInstanceKey: state.parent?.rootProcessInstanceKey ?? state.key };
    this.instance = {
      ...shared,
      processDefinitionKey: definition.row['processDefinitionKey'],
      processDefinitionId: definition.row['processDefinitionId'],
    };
  }
  key(n: number): Key {
    const known = this.#keys.get(n);
    if (known !== undefined) return known;
    const made = this.#keyOf(n);
    this.#keys.set(n, made);
    return made;
  }
  /** `row` is ours from now on: patches of the same commit go into it */
  put(collection: CollectionName, key: string, row: Row): void {
    this.#of(collection).set(key, { op: 'put', collection, key, row });
  }
  patch(collection: CollectionName, key: string, fields: Row): void {
    const rows = this.#of(collection);
    const known = rows.get(key);
    if (known?.op === 'put') Object.assign(known.row, fields);
    else rows.set(key, { op: 'patch', collection, key, fields: known?.op === 'patch' ? { ...known.fields, ...fields } : fields });
  }
  delete(collection: CollectionName, key: string): void {
    this.#of(collection).set(key, { op: 'delete', collection, key });
  }
  all(): readonly RowChange[] {
    const all: RowChange[] = [];
    for (const rows of this.#rows.values()) for (const change of rows.values()) all.push(change);
    return all;
  }
  #of(collection: CollectionName): Map<string, RowChange> {
    const known = this.#rows.get(collection);
    if (known !== undefined) return known;
    const made = new Map<string, RowChange>();
    this.#rows.set(collection, made);
    return made;
  }
  element(n: number): string {
    return this.of.names.elements.get(n) ?? this.of.state.elements.get(n)?.element ?? String(this.instance['processDefinitionId']);
  }
  /** fields of everything that belongs to an element instance */
  at(el: number): Row {
    return { ...this.instance, elementId: this.element(el), elementInstanceKey: this.key(el) };
  }
  /** whose step it is: an agency's, or the citizen's */
  agency(elementId: string): string | undefined {
    return this.of.definition.elements.get(elementId)?.agency ?? this.owner();
  }
  /** the agency that answers for what a machine does there: the owner in the citizen's lane */
  answering(elementId: string): string | undefined {
    const agency = this.agency(elementId);
    return agency === CITIZEN ? this.owner() : agency;
  }
  /** A task that is the applicant's own is the citizen's wherever it is drawn: it must not turn up in an agency's lists. */
  tasksAgency(elementId: string, assignee: unknown): string | undefined {
    const applicant = this.of.state.variables.get(0)?.get('applicant')?.value as { readonly username?: unknown } | null | undefined;
    return typeof assignee === 'string' && applicant?.username === assignee ? CITIZEN : this.agency(elementId);
  }
  private owner(): string | undefined {
    return this.of.definition.row['ownerAgency'] as string | undefined;
  }
}
