/** What the official client can call, read off its own code: operation → method and path, as `POST /v2/jobs/activation`. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ClientOperation {
  readonly name: string;
  /** `POST /v2/jobs/{jobKey}/completion` */
  readonly call: string;
}

export function clientOperations(): readonly ClientOperation[] {
  const folder = dirname(fileURLToPath(import.meta.resolve('@camunda8/orchestration-cluster-api')));
  const code = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .find((text) => text.includes('// src/gen/sdk.gen.ts'));
  if (code === undefined) throw new Error('Expected the client to hold its generated calls, but it does not');
  const call = /var (\w+) = \(options\) => \{\s+return \(options\??\.client \?\? client\)\.(\w+)\(\{([\s\S]*?)url: "([^"]+)"/g;
  return [...code.matchAll(call)].map(([, name = '', method = '', , path = '']) => ({ name, call: `${method.toUpperCase()} /v2${path}` }));
}
