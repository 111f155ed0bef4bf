import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export interface Action {
  readonly busy: boolean;
  readonly fault: string | undefined;
  readonly done: boolean;
  readonly run: () => Promise<boolean>;
}

/** Something an operator does: busy while it runs, then the whole screen is fetched again; what went wrong stays readable. */
export function useAction(work: () => Promise<unknown>): Action {
  const client = useQueryClient();
  const [state, setState] = useState<Pick<Action, 'busy' | 'fault' | 'done'>>({ busy: false, fault: undefined, done: false });
  const run = async (): Promise<boolean> => {
    setState({ busy: true, fault: undefined, done: false });
    const fault = await work().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    await client.invalidateQueries();
    setState({ busy: false, fault, done: fault === undefined });
    return fault === undefined;
  };
  return { ...state, run };
}
