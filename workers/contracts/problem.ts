export interface ContractFault {
  /** JSON pointer into the document, or line and column; empty: the whole of it */
  readonly place: string;
  readonly detail: string;
}

/** The document cannot be used: its sender's error. Says where and why, one by one. */
export class ContractProblem extends Error {
  readonly faults: readonly ContractFault[];
  constructor(faults: readonly ContractFault[]) {
    super(faults[0]?.detail ?? 'Expected a document that can be read, but it is not');
    this.name = 'ContractProblem';
    this.faults = faults;
  }
}

export const fault = (place: string, detail: string): ContractProblem => new ContractProblem([{ place, detail }]);
