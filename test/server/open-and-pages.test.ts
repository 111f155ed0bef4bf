import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openHouse } from './house.ts';
import type { House } from './house.ts';

let house: House;
const folder = mkdtempSync(join(tmpdir(), 'alur-pages-'));
beforeAll(async () => {
  for (const app of ['portal', 'inbox', 'assets']) mkdirSync(join(folder, app));
  writeFileSync(join(folder, 'portal', 'index.html'), '<p>portal');
  writeFileSync(join(folder, 'inbox', 'index.html'), '<p>inbox');
  writeFileSync(join(folder, 'assets', 'main-AbCd1234.js'), '1');
  house = await openHouse({ config: { auth: 'none', clock: 'real', publicUrl: 'http://localhost:8080' }, pages: folder });
});
afterAll(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

describe('ALUR_AUTH=none opens /v2 on this machine only', () => {
  test('[SV5] /v2 needs no sign-in, the product API still does', async () => {
    expect((await house.nobody('POST', '/v2/process-instances/search', {})).status).toBe(200);
    expect((await house.nobody('GET', '/api/v1/tasks')).status).toBe(401);
  });

  test('[SV6] a page that reaches us under another name (DNS rebinding) is refused', async () => {
    const { port } = new URL(house.url);
    const status = await new Promise((done) => {
      request({ host: '127.0.0.1', port, path: '/v2/topology', headers: { host: 'evil.example' } }, (response) =>
        done(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(403);
  });

  test('[SV6] a page of another site is refused', async () => {
    expect((await house.nobody('POST', '/v2/signals/broadcast', { signalName: 'x' }, { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('[SV7] a real clock cannot be moved', async () => {
    expect((await house.nobody('PUT', '/v2/clock', { timestamp: 0 })).status).toBe(403);
  });
});

describe('pages', () => {
  test.each([
    ['/', '<p>portal'],
    ['/verify/ABC', '<p>portal'],
    ['/inbox/', '<p>inbox'],
    ['/inbox/tasks/12', '<p>inbox'],
  ])('[SV10] %s is answered with the page of its app', async (path, text) => {
    const answer = await house.nobody('GET', path);
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, text, 'no-cache']);
    expect(answer.headers.get('etag')).not.toBeNull();
  });

  test('[SV10] what carries a hash in its name is kept for ever', async () => {
    expect((await house.nobody('GET', '/assets/main-AbCd1234.js')).headers.get('cache-control')).toBe(
      'public, max-age=31536000, immutable',
    );
  });

  test.each(['/assets/missing.js', '/..%2f..%2fetc%2fpasswd.txt', '/.env'])('[SV11] %s is not there', async (path) => {
    expect([403, 404]).toContain((await house.nobody('GET', path)).status);
  });

  test('[SV11] pages that were not built are explained', async () => {
    const answer = await house.nobody('GET', '/console/');
    expect([answer.status, answer.text.includes('npm run build')]).toEqual([503, true]);
  });
});
