import { describe, expect, test } from '@jest/globals';
import { resolve } from 'node:path';
import { readConfig } from '../../runtime/config.ts';

function faults(env: Record<string, string>): readonly string[] {
  const answer = readConfig(env);
  return answer.ok ? [] : answer.faults;
}

describe('configuration', () => {
  test('[RT50] an empty environment is a working one', () => {
    const answer = readConfig({ REDIS_URL: '' });
    expect(answer.ok && answer.config).toMatchObject({
      port: 8080,
      databaseUrl: `file:${resolve('data/alur.sqlite')}`,
      queue: 'auto',
      auth: 'session',
      clock: 'real',
      sandbox: false,
      publicUrl: 'http://localhost:8080',
    });
    expect(answer.ok && 'redisUrl' in answer.config).toBe(false);
  });

  test('[RT50] what is set is taken', () => {
    const answer = readConfig({
      PORT: '0',
      DATABASE_URL: 'memory:',
      REDIS_URL: 'redis://h:1',
      ALUR_AUTH: 'none',
      ALUR_CLOCK: 'controllable',
      ALUR_SANDBOX: 'true',
      ALUR_PUBLIC_URL: 'https://alur.example/',
      ALUR_ZONE: 'Asia/Makassar',
    });
    expect(answer.ok && answer.config).toMatchObject({
      port: 0,
      databaseUrl: 'memory:',
      redisUrl: 'redis://h:1',
      host: '127.0.0.1',
      auth: 'none',
      clock: 'controllable',
      sandbox: true,
      publicUrl: 'https://alur.example',
      zone: 'Asia/Makassar',
    });
  });

  test('[RT51] every fault is named', () => {
    expect(faults({ PORT: 'many', REDIS_URL: 'http://x', ALUR_AUTH: 'maybe', ALUR_ZONE: 'Moon/Base' }).length).toBe(4);
  });

  test.each([
    ['a sign-in that is off, seen from outside', { ALUR_AUTH: 'none', HOST: '0.0.0.0' }, /loopback/],
    ['a sign-in that is off in production', { ALUR_AUTH: 'none', NODE_ENV: 'production' }, /ALUR_AUTH/],
    ['a clock that can be moved in production', { ALUR_CLOCK: 'controllable', NODE_ENV: 'production' }, /ALUR_CLOCK/],
    [
      'a lone MongoDB in production',
      { DATABASE_URL: 'mongodb://u:secret@h/x', ALUR_MONGO_STANDALONE: 'true', NODE_ENV: 'production' },
      /ALUR_MONGO_STANDALONE/,
    ],
    ['a database that nobody knows', { DATABASE_URL: 'postgres://x' }, /DATABASE_URL/],
  ])('[RT51] refuses %s', (_name, env, reason) => {
    const found = faults(env as Record<string, string>);
    expect(found.join()).toMatch(reason);
    expect(found.join()).not.toMatch(/secret/);
  });
});
