import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Store } from '../runtime/ports.ts';

export interface Operation {
  readonly operationId: string;
  readonly summary: string | null;
  readonly method: string;
  readonly path: string;
}

/** What an agency's OpenAPI document offers to call. `agencyId` must be one of the known ids: it becomes part of a path. */
export function readOperations(folder: string): (agencyId: string) => Promise<readonly Operation[]> {
  return async (agencyId) => {
    const text = await readFile(join(folder, agencyId, 'openapi.yaml'), 'utf8').catch(() => undefined);
    if (text === undefined) return [];
    const { paths = {} } = parse(text) as {
      paths?: Record<string, Record<string, { operationId?: string; summary?: string } | undefined>>;
    };
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        typeof operation?.operationId === 'string'
          ? [{ operationId: operation.operationId, summary: operation.summary ?? null, method: method.toUpperCase(), path }]
          : [],
      ),
    );
  };
}

/** What an agency offers to call: its registered contract, else the document that came with the house. */
export function operationsFrom(store: Store, folder: string | undefined): (agencyId: string) => Promise<readonly Operation[]> {
  const configured = folder === undefined ? async () => [] : readOperations(folder);
  return async (agencyId) => {
    const registered = (await store.get('agencyContracts', agencyId))?.['operations'] as readonly Operation[] | undefined;
    if (registered === undefined) return configured(agencyId);
    return registered.map(({ operationId, summary, method, path }) => ({ operationId, summary, method, path }));
  };
}
