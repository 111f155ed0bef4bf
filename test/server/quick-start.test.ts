/** The quick start of docs/api.md, word for word, in a process of its own, against the program that `npm start` runs. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const top = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'alur-quick-'));
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const text = readFileSync(join(top, 'docs/api.md'), 'utf8');
const section = text.slice(text.indexOf('### Quick start with an official client'));
const [newer = '', older = ''] = [...section.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) => code);

type Env = Readonly<Record<string, string>>;
/** of ours, none of the machine's own settings for either side */
const clean: Env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    /^(CAMUNDA|ZEEBE|ALUR|NODE_OPTIONS)/.test(name) || !value ? [] : [[name, value]],
  ),
);

function node(args: readonly string[], env: Env): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: top, env: { ...clean, ...env } });
  running.push(child);
  return child;
}

/** what it prints, until it ends or has printed all of `until` */
function printed(child: ChildProcess, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let told = '';
    const take = (chunk: Buffer): void => {
      told += chunk.toString();
      if (until?.test(told)) resolve(told);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('close', () => resolve(told));
  });
}

async function started(env: Env): Promise<string> {
  const own = {
    PORT: '0',
    DATABASE_URL: 'memory:',
    ALUR_QUEUE: 'in-process',
    ALUR_SANDBOX: 'false',
    ALUR_DATA: join(folder, String(running.length)),
  };
  return printed(node(['server/main.ts'], { ...own, ...env }), /password of all: \S+\n/);
}

async function run(code: string, env: Env): Promise<string> {
  const child = node(['--input-type=module'], { ...env, HOME: folder });
  child.stdin?.end(code);
  return printed(child);
}

const found = (told: string, pattern: RegExp): string => pattern.exec(told)?.[1] ?? '';
const address = (told: string): Env => {
  const url = found(told, /REST\s+(\S+)\/v2/);
  return { CAMUNDA_REST_ADDRESS: url, ZEEBE_REST_ADDRESS: url };
};

async function bothWork(env: Env): Promise<void> {
  expect(await run(newer, env)).toBe('8.9.0 Hello, Malang\n');
  expect(await run(older, { ...env, CAMUNDA_LOG_LEVEL: 'none' })).toBe('Hello, Malang\n');
}

describe('the quick start', () => {
  test('[V2-105] runs without sign-in where the server was started so', async () => {
    const told = await started({ ALUR_AUTH: 'none' });
    await bothWork({ ...address(told), CAMUNDA_AUTH_STRATEGY: 'NONE' });
  });

  test('[V2-105] runs with what the server prints: a password, or client credentials; not with less', async () => {
    const told = await started({});
    const basic = { CAMUNDA_BASIC_AUTH_USERNAME: 'admin', CAMUNDA_BASIC_AUTH_PASSWORD: found(told, /password of all: (\S+)/) };
    await bothWork({ ...address(told), CAMUNDA_AUTH_STRATEGY: 'BASIC', ...basic });
    const [id, secret] = [found(told, /CAMUNDA_CLIENT_ID=(\S+)/), found(told, /CAMUNDA_CLIENT_SECRET=(\S+)/)];
    const oauth = {
      CAMUNDA_OAUTH_URL: found(told, /CAMUNDA_OAUTH_URL=(\S+)/),
      ...{ CAMUNDA_CLIENT_ID: id, CAMUNDA_CLIENT_SECRET: secret, ZEEBE_CLIENT_ID: id, ZEEBE_CLIENT_SECRET: secret },
    };
    await bothWork({ ...address(told), CAMUNDA_AUTH_STRATEGY: 'OAUTH', ...oauth });
    expect(await run(newer, { ...address(told), CAMUNDA_AUTH_STRATEGY: 'NONE' })).toContain('401');
  });
});
