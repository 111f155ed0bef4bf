/**
 * `npm run demo`: starts the whole product and plays two applications through the public HTTP interface, printing each step as it happens.
 * The servers stay; with `--once` (or ALUR_DEMO_EXIT=1) the program ends with 0. Killed and started again it goes on with the same applications.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAlur, type Alur } from '../server/start.ts';
import { Person } from './person.ts';
import { Progress, type StoryName } from './progress.ts';
import { play, type Cast, type Story } from './story.ts';
import { lasting, say } from './tell.ts';
import type { Tracking } from './tracking.ts';

const CLERKS = ['petugas.dpupr', 'petugas.damkar', 'petugas.dlh', 'petugas.dpmptsp', 'petugas.kelurahan', 'petugas.diskominfo'];

const house = {
  nik: '3573014203850002',
  siteAddress: 'Jl. Kawi 12, Bareng',
  parcelNumber: '35730100000001',
  buildingFunction: 'hunian',
  floors: 2,
  buildingArea: 150,
  groundArea: 160,
  statement: true,
};
const corrected = {
  siteAddress: house.siteAddress,
  parcelNumber: house.parcelNumber,
  buildingFunction: house.buildingFunction,
  floors: 2,
  buildingArea: 150,
  groundArea: 90,
};
const park = {
  place: 'Taman RW 05 Bareng',
  kelurahan: 'Bareng',
  latitude: -7.9668,
  longitude: 112.6329,
  expectedUsers: 80,
  reason: 'Belajar bersama dan layanan warga',
};

const happened = ({ timeline }: Tracking, step: string): boolean => timeline.some((entry) => entry.step === step && entry.state === 'done');

function permitStory(aside: Story['aside']): Story {
  return {
    processDefinitionId: 'pbg',
    application: house,
    citizen: { 'Perbaiki permohonan': corrected },
    clerks: {
      'set-conditions': () => ({ planningConditions: 'Sediakan sumur resapan' }),
      'inspect-fire-safety': () => ({ fireResult: 'lulus', fireNote: 'APAR tersedia' }),
      'review-environment': () => ({ environmentResult: 'lulus', environmentNote: '' }),
      'examine-application': (tracking) =>
        happened(tracking, 'Perbaiki permohonan')
          ? { decision: 'approve', decisionReason: '' }
          : { decision: 'send-back', decisionReason: 'Luas lantai dasar tidak sesuai gambar; mohon diperbaiki.' },
    },
    ...(aside === undefined ? {} : { aside }),
  };
}

const wifiStory: Story = {
  processDefinitionId: 'wifi-publik',
  application: park,
  citizen: { 'Pastikan hotspot berfungsi': { works: 'yes', citizenNote: '' } },
  clerks: {
    'confirm-need': () => ({ confirmed: 'yes', clerkNote: 'Ramai setiap sore' }),
    'plan-installation': () => ({ bandwidthMbps: 50, accessPoints: 2, scheduledDate: '2027-01-11' }),
  },
};

function people(alur: Alur): { readonly cast: Cast; readonly operator: Person } {
  const person = (username: string): Person => {
    const account = alur.accounts.find((one) => one.username === username);
    if (account === undefined) throw new Error(`Expected the demo account ${username}, but there is none (production?)`);
    return new Person(alur.url, account);
  };
  return { cast: { citizen: person('warga'), clerks: CLERKS.map(person) }, operator: person('operator') };
}

/** Once per run: the tax office's system is down when the bill is due, and comes back. Nobody does anything about it. */
function outage(operator: Person): NonNullable<Story['aside']> {
  let done = false;
  return async (tracking) => {
    if (done || !happened(tracking, 'Perbaiki permohonan') || happened(tracking, 'Buat tagihan')) return;
    done = true;
    say('                  (sistem Bapenda dimatikan 3 detik: panggilan dicoba lagi dengan sendirinya)');
    await operator.send('PUT', '/api/v1/sandbox/bapenda', { body: { fault: 'down' } });
    void sleep(3_000).then(() => operator.send('PUT', '/api/v1/sandbox/bapenda', { body: { fault: 'none' } }));
  };
}

async function perform(
  title: string,
  name: StoryName,
  { story, cast, progress }: { readonly story: Story; readonly cast: Cast; readonly progress: Progress },
): Promise<Tracking> {
  const { key, resumed } = progress.begin(name);
  say(`\n${title}${resumed ? ' (dilanjutkan)' : ''}`);
  const tracking = await play(story, cast, key);
  say(
    `  → ${tracking.outcome ?? tracking.state}, setelah ${lasting(Date.parse(tracking.endedAt ?? tracking.submittedAt) - Date.parse(tracking.submittedAt))}`,
  );
  return tracking;
}

async function showPermit(alur: Alur, citizen: Person, { documents }: Tracking): Promise<void> {
  const [document] = documents;
  if (document === undefined) throw new Error('Expected an issued permit, but the case has no document');
  const file = join(alur.config.data, document.name);
  writeFileSync(file, await citizen.bytes(`/api/v1/documents/${document.documentId}`));
  const verified = await citizen.get<{ valid: boolean; number: string }>(`/api/v1/verifications/${document.documentId}`);
  if (!verified.valid) throw new Error('Expected the permit to be verified, but it is not');
  say(`  Nomor PBG:  ${verified.number}`);
  say(`  Berkas:     ${file}  (${document.size} byte; ${alur.url}/api/v1/documents/${document.documentId})`);
  say(`  Periksa:    ${alur.url}/verify/${document.documentId}`);
}

function showHouse(alur: Alur): void {
  say(`\nPortal ${alur.url}/ · Inbox ${alur.url}/inbox/ · Modeler ${alur.url}/modeler/ · Console ${alur.url}/console/`);
  say(`Kata sandi semua akun demo: ${alur.accounts[0]?.password ?? ''}`);
  for (const { username, name, agency, roles } of alur.accounts)
    say(
      `  ${username.padEnd(24)} ${name}${agency === undefined ? '' : `, ${agency}`}${roles.length === 0 ? '' : ` (${roles.join(', ')})`}`,
    );
}

const once = process.argv.includes('--once') || process.env['ALUR_DEMO_EXIT'] === '1';
const alur = await startAlur(process.env);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void alur.close().finally(() => process.exit(0)));
try {
  const progress = new Progress(alur.config.data);
  const { cast, operator } = people(alur);
  const permit = await perform('Persetujuan Bangunan Gedung', 'permit', { story: permitStory(outage(operator)), cast, progress });
  await showPermit(alur, cast.citizen, permit);
  await perform('WiFi Publik Lingkungan', 'wifi', { story: wifiStory, cast, progress });
  // only now: a demo killed in its second half tells its first half again instead of applying anew
  progress.finish();
  showHouse(alur);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
if (once || process.exitCode === 1) {
  await alur.close();
  process.exit(process.exitCode ?? 0);
}
