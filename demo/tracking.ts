/** The parts of the public interface's answers that the demo reads (docs/api.md, Tracking). */
export interface Tracking {
  readonly reference: string;
  readonly state: 'active' | 'completed' | 'canceled';
  readonly outcome: string | null;
  readonly submittedAt: string;
  readonly endedAt: string | null;
  readonly timeline: readonly {
    readonly at: string;
    readonly step: string;
    readonly agency: string | null;
    readonly agencyName: string | null;
    readonly state: 'started' | 'done' | 'trouble';
  }[];
  readonly tasks: readonly { readonly userTaskKey: string; readonly name: string }[];
  readonly documents: readonly { readonly documentId: string; readonly name: string; readonly size: number }[];
}

export interface TaskRow {
  readonly userTaskKey: string;
  readonly elementId: string;
  readonly name: string;
  readonly reference: string | null;
  readonly assignee: string | null;
}
