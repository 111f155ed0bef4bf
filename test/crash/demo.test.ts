/** The demo as a process of its own, killed in the middle: started again it ends in the same application's permit. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const top = join(import.meta.dirname, '../..');
const data = mkdtempSync(join(tmpdir(), 'alur-demo-'));
let running: ChildProcess | undefined;

afterAll(() => {
  running?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

/** Runs the demo until it ends, or kills it (SIGKILL) as soon as it has printed `until`. */
function demo(until?: string): Promise<{ readonly code: number | null; readonly text: string }> {
  const env = { ...process.env, ALUR_DATA: data, PORT: '0', ALUR_QUEUE: 'in-process', NODE_OPTIONS: '' };
  const child = spawn(process.execPath, ['demo/main.ts', '--once'], { cwd: top, env });
  running = child;
  let text = '';
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
    if (until !== undefined && text.includes(until)) child.kill('SIGKILL');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

test('[CH5] killed at several moments and started again, the demo ends in the permit of the same application', async () => {
  for (const moment of [
    'Nomor permohonan: PBG-',
    'Periksa proteksi kebakaran',
    '→ send-back',
    'sistem Bapenda dimatikan',
    'Terbitkan dokumen PBG',
    'Nomor permohonan: WIFI-',
  ]) {
    const { code, text } = await demo(moment);
    expect({ moment, code, reached: text.includes(moment) }).toEqual({ moment, code: null, reached: true });
  }
  const { code, text } = await demo();
  expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
  const all = text + readdirSync(data).join(' ');
  expect(all).toContain('SK-PBG-2026-000001.pdf'.replace('2026', String(new Date().getFullYear())));
  expect(all).not.toContain('000002');
  expect(text).toContain('Hotspot aktif');
}, 180_000);
