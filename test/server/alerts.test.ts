/** What operators are told of by itself: found in the store, told once, muted, escalated, over. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { putAccount } from '../../server/accounts.ts';
import { Agencies } from '../../server/agencies.ts';
import { found, gone, kinds, REMIND, SAME_TROUBLE, told } from '../../server/alerts/decide.ts';
import type { Alert, Finding } from '../../server/alerts/decide.ts';
import { lookForAlerts } from '../../server/alerts/watch.ts';
import type { Watching } from '../../server/alerts/watch.ts';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { createAlertCarriers } from '../../workers/alert-carriers.ts';
import { createSeal } from '../../workers/seal.ts';
import { sign } from '../../workers/sign.ts';
import { callerOf, password } from './house.ts';
import type { Caller } from './house.ts';

jest.setTimeout(60_000);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const finding: Finding = { kind: 'agency-down', subject: 'lab', agencyId: 'lab', severity: 'bad', values: { since: null, failure: null } };
const recipients = { escalateTo: ['kepala@kota.example'], escalateAfterMinutes: 60 };

describe('deciding', () => {
  test('[AP80] the same trouble is told once, to others when nobody takes it on, again after a day, and its end to who heard of it', () => {
    const opened = found(finding, { before: undefined, recipients, now: 0 });
    expect(opened.tell).toBe('opened');
    let alert = told(opened, 0);
    const at = (now: number) => found(finding, { before: alert, recipients, now });
    expect(at(59 * MINUTE).tell).toBeUndefined();
    expect(at(60 * MINUTE).tell).toBe('escalated');
    alert = told(at(60 * MINUTE), 60 * MINUTE);
    expect(at(2 * HOUR).tell).toBeUndefined();
    expect(at(60 * MINUTE + REMIND).tell).toBe('reminder');
    const over = gone(alert, 3 * HOUR);
    expect([over?.tell, over?.alert.state]).toEqual([undefined, 'resolved']);
    // what comes back at once is the same trouble; what stays away is over, told once; later it is a new one
    const back = found(finding, { before: over?.alert, recipients, now: 3 * HOUR + SAME_TROUBLE - 1 });
    expect([back.tell, back.alert.since]).toEqual([undefined, 0]);
    const end = gone(over!.alert, 3 * HOUR + SAME_TROUBLE);
    expect(end?.tell).toBe('resolved');
    expect(gone(told(end!, 4 * HOUR), 5 * HOUR)).toBeUndefined();
    const anew = found(finding, { before: over?.alert, recipients, now: 3 * HOUR + SAME_TROUBLE });
    expect([anew.tell, anew.alert.since]).toEqual(['opened', 3 * HOUR + SAME_TROUBLE]);
  });

  test('[AP81] what somebody has taken on is not escalated; what is muted is told to nobody, also when it comes anew; nobody hears of the end of what was never told', () => {
    const alert = told(found(finding, { before: undefined, recipients, now: 0 }), 0);
    expect(found(finding, { before: { ...alert, acknowledgedAt: 1 }, recipients, now: 9 * DAY }).tell).toBeUndefined();
    const muted: Alert = { ...alert, mutedUntil: DAY, mutedBy: 'op', muteReason: 'renovasi' };
    expect(found(finding, { before: muted, recipients, now: 2 * HOUR }).tell).toBeUndefined();
    expect(gone(gone(muted, 2 * HOUR)!.alert, 3 * HOUR)?.tell).toBeUndefined();
    const again = found(finding, { before: gone(muted, 2 * HOUR)?.alert, recipients, now: 5 * HOUR });
    expect([again.tell, again.alert.mutedUntil]).toEqual([undefined, DAY]);
    expect(found(finding, { before: again.alert, recipients, now: DAY + 1 }).tell).toBe('opened');
    const untold = gone(found(finding, { before: undefined, recipients, now: 0 }).alert, 1);
    expect(gone(untold!.alert, DAY)).toBeUndefined();
  });

  test('[AP80] however often it is looked, one occurrence is opened once and over once', () => {
    const looks = fc.array(fc.record({ wrong: fc.boolean(), after: fc.integer({ min: 1, max: DAY }) }), { maxLength: 60 });
    fc.assert(
      fc.property(looks, (steps) => {
        let [alert, now, open]: [Alert | undefined, number, boolean] = [undefined, 1, false];
        for (const { wrong, after } of steps) {
          now += after;
          const decision = wrong ? found(finding, { before: alert, recipients, now }) : alert && gone(alert, now);
          if (decision === undefined) continue;
          // no second opening of one occurrence, and no end of what nobody heard of
          if (decision.tell === 'opened') expect(open && decision.alert.since !== now).toBe(false);
          if (decision.tell === 'resolved') expect(open).toBe(true);
          if (decision.tell === 'opened') open = true;
          if (decision.tell === 'resolved') open = false;
          alert = told(decision, now);
        }
      }),
    );
  });
});

describe('a house that watches', () => {
  const data = mkdtempSync(join(tmpdir(), 'alur-alerts-'));
  const processes = mkdtempSync(join(tmpdir(), 'alur-alerts-processes-'));
  mkdirSync(join(processes, 'agencies'));
  const calls: { readonly headers: Readonly<Record<string, unknown>>; readonly url: string; readonly body: string }[] = [];
  let hear = 200;
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({ headers: request.headers, url: request.url ?? '', body: Buffer.concat(chunks).toString() });
      response.writeHead(hear).end();
    });
  });
  let alur: Alur;
  let operator: Caller;
  let other: Caller;
  let hook: string;
  let watching: Watching;
  let later = 0;
  const signIn = async (username: string): Promise<Caller> => {
    const made = await callerOf(alur.url, {})('POST', '/api/v1/session', { username, password });
    return callerOf(alur.url, { cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
  };
  const mails = (): { to: string; subject: string; text: string }[] => {
    try {
      const folder = join(data, 'outbox');
      return readdirSync(folder).map(
        (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { to: string; subject: string; text: string },
      );
    } catch {
      return [];
    }
  };
  const open = async () =>
    (await operator('GET', '/api/v1/alerts')).body['items'] as { alertId: string; kind: string; values: Record<string, unknown> }[];
  const look = async (): Promise<void> => await lookForAlerts(watching);
  const write = async (collection: string, key: string, row: object): Promise<void> =>
    void (await alur.runtime.store.write([{ op: 'put', collection: collection as never, key, row: row as never }]));

  beforeAll(async () => {
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    hook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/alur?x=1`;
    const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: data, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'false', ALUR_AGENCY_NETWORKS: '127.0.0.1/32' };
    // looks come from the tests alone
    alur = await startAlur(env, { log: () => undefined, processes, alertsEveryMs: 3_600_000 });
    for (const [username, agency] of [['op', 'kota'], ['stranger', 'archive']] as const)
      await putAccount(alur.runtime.store, { username, name: username, realm: 'staff', agency, roles: ['operator', 'integrator'] }, password);
    [operator, other] = [await signIn('op'), await signIn('stranger')];
    await operator('PUT', '/api/v1/agencies/lab', { name: 'Laboratorium', nameEn: 'Laboratory' });
    const read = async (collection: string, key: string) => await alur.runtime.store.get(collection as never, key);
    const outbox = async (mail: { id: string }): Promise<void> => {
      const { writeFileSync } = await import('node:fs');
      mkdirSync(join(data, 'outbox'), { recursive: true });
      writeFileSync(join(data, 'outbox', `${mail.id}.json`), JSON.stringify(mail));
    };
    const seal = createSeal(readFileSync(join(data, 'secret-key'), 'utf8').trim());
    const now = () => Date.now() + later;
    const carriers = createAlertCarriers({ env: {}, outbox, allowedNetworks: ['127.0.0.1/32'], read, seal, now });
    watching = { runtime: alur.runtime, agencies: new Agencies([]), carriers, publicUrl: 'https://alur.example', now, log: () => undefined };
    const settings = { mails: ['jaga@kota.example'], escalateTo: ['kepala@kota.example'], webhookUrl: hook, webhookSecret: 'rahasia-panjang-sekali' };
    const put = await operator('PUT', '/api/v1/alert-settings/kota', settings);
    expect(put).toMatchObject({ status: 200, body: { webhookSigned: true, thresholds: { downMinutes: 2 } } });
    expect(put.text).not.toContain('rahasia-panjang-sekali');
  }, 60_000); // prettier-ignore
  afterAll(async () => {
    await alur.close();
    listener.closeAllConnections();
    listener.close();
    for (const folder of [data, processes]) rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    calls.splice(0);
    rmSync(join(data, 'outbox'), { recursive: true, force: true });
  });

  test('[AP82] nothing is the matter: nothing is told', async () => {
    await look();
    expect([await open(), mails(), calls]).toEqual([[], [], []]);
  });

  test('[AP82] each kind of trouble is found, told by mail and by a signed call, once, in both languages, without data of a case', async () => {
    const now = Date.now();
    const wait = { agencyId: 'lab', phase: 'open', since: now - 5 * MINUTE, downSince: now - 5 * MINUTE, openings: 1, nextTryAt: now + HOUR, failure: 'none within 100 ms' };
    await alur.runtime.announce([
      { op: 'put', collection: 'agencyCompartments', key: 'lab', row: wait },
      { op: 'put', collection: 'agencyConnections', key: 'lab.live', row: { agencyId: 'lab', environment: 'live', url: hook, credentialId: 'CRED-1', limits: { callsPerDay: 10 } } },
    ]);
    await write('agencyCredentials', 'CRED-1', { credentialId: 'CRED-1', agencyId: 'lab', kind: 'basic', expiresAt: now + 5 * DAY });
    await write('agencyCredentials', 'CRED-unused', { credentialId: 'CRED-unused', agencyId: 'lab', kind: 'basic', expiresAt: now - DAY });
    await write('agencyUsage', `lab/${alur.runtime.today()}`, { agencyId: 'lab', day: alur.runtime.today(), calls: 9 });
    const job = { type: 'agency-call', open: true, customHeaders: { agency: 'lab' }, heldFor: 'lab', availableAt: 9e15, retries: 3 };
    await write('jobs', '1048577', { ...job, jobKey: '1048577', creationTime: now - 2 * HOUR });
    const exchange = { agency: 'lab', operationId: 'order', at: now - MINUTE, outcome: 'contract-drift', drift: { place: '/verdict' } };
    await write('exchanges', 'x1', { ...exchange, exchangeId: 'x1' });
    await write('exchanges', 'x2', { ...exchange, exchangeId: 'x2', at: now - 2 * HOUR });
    const incident = { incidentKey: '1048578', state: 'ACTIVE', processDefinitionId: 'p', processDefinitionKey: '1', creationTime: now - 5 * HOUR, errorMessage: 'NIK 3573014203850002' };
    await write('incidents', '1048578', incident);
    await write('hookDeliveries', 'd1', { deliveryId: 'd1', hookId: 'h1', agencyId: 'lab', at: now, outcome: 'refused', count: 12, detail: 'it does not fit' });
    await look();
    await look();

    const alerts = await open();
    expect(alerts.map(({ kind }) => kind).toSorted()).toEqual([...kinds].toSorted());
    expect(alerts.find(({ kind }) => kind === 'contract-drift')?.values).toEqual({ operation: 'order', calls: 1, place: '/verdict' });
    expect(alerts.find(({ kind }) => kind === 'quota')?.values).toEqual({ used: 9, callsPerDay: 10 });
    expect(mails().map(({ to }) => to)).toEqual(Array(kinds.length).fill('jaga@kota.example'));
    expect(calls).toHaveLength(kinds.length);
    const text = JSON.stringify([mails(), calls.map(({ body }) => body)]);
    expect(text).toContain('Laboratorium tidak menjawab');
    expect(text).toContain('Laboratory has not answered');
    expect(text).not.toContain('3573014203850002');
    const [first] = calls;
    const timestamp = Number(first?.headers['x-timestamp']);
    expect(first?.headers['x-signature']).toBe(sign('rahasia-panjang-sekali', { keyId: 'alur', timestamp, method: 'POST', target: first?.url ?? '', body: first?.body ?? '' }));
  }); // prettier-ignore

  test('[AP83] an operator takes one on, mutes one with a reason and an end, and hears of the end of the others', async () => {
    const id = (kind: string, subject: string): string => `${kind}/${subject}`;
    expect((await operator('POST', '/api/v1/alerts/acknowledgement', { alertId: id('quota', 'lab') })).body).toMatchObject({ acknowledgedBy: 'op' });
    const until = new Date(Date.now() + DAY).toISOString();
    expect((await operator('POST', '/api/v1/alerts/mute', { alertId: id('expiry', 'CRED-1'), until })).status).toBe(400);
    const mute = { alertId: id('expiry', 'CRED-1'), until, reason: 'sudah dipesan' };
    expect((await operator('POST', '/api/v1/alerts/mute', mute)).body).toMatchObject({ muted: { until, by: 'op', reason: 'sudah dipesan' } });
    expect((await operator('POST', '/api/v1/alerts/mute', { ...mute, until: '2001-01-01T00:00:00Z' })).status).toBe(400);
    // nobody has taken on the others: after an hour somebody else hears of them
    later = 61 * MINUTE;
    await look();
    const escalated = mails();
    expect(new Set(escalated.map(({ to }) => to))).toEqual(new Set(['kepala@kota.example']));
    expect(escalated.some(({ subject }) => /Kuota|Kredensial/.test(subject))).toBe(false);
    expect(escalated.some(({ subject }) => subject.includes('Belum ditangani'))).toBe(true);
    // the agency answers again
    await alur.runtime.announce([{ op: 'delete', collection: 'agencyCompartments', key: 'lab' }]);
    await look();
    expect(mails().some(({ subject }) => subject.includes('Selesai'))).toBe(false);
    later += 6 * MINUTE;
    await look();
    const over = mails().filter(({ subject }) => subject.includes('Selesai'));
    expect(over.filter(({ subject }) => subject.includes('tidak menjawab')).map(({ to }) => to).toSorted()).toEqual(['jaga@kota.example', 'kepala@kota.example']);
    expect((await open()).map(({ alertId }) => alertId)).not.toContain('agency-down/lab');
    const resolved = (await operator('GET', '/api/v1/alerts?state=resolved')).body['items'] as { alertId: string }[];
    expect(resolved.map(({ alertId }) => alertId)).toContain('agency-down/lab');
  }); // prettier-ignore

  test('[AP84] who cannot be reached at all is told with the next look, and the failure is shown; a test says who was reached', async () => {
    hear = 500;
    await operator('PUT', '/api/v1/alert-settings/kota', { webhookUrl: hook });
    await write('hookDeliveries', 'd2', { deliveryId: 'd2', hookId: 'h2', agencyId: 'lab', at: Date.now() + later, outcome: 'refused', count: 99, detail: 'x' });
    await look();
    const failing = async () => ((await operator('GET', '/api/v1/alerts')).body['items'] as { alertId: string; failure: string | null; notifiedAt: string | null }[]).find(({ alertId }) => alertId === 'news-refused/h2');
    expect(await failing()).toMatchObject({ failure: expect.stringContaining('answered 500'), notifiedAt: null });
    expect((await operator('POST', '/api/v1/alert-settings/kota/test')).body).toEqual({ items: [{ to: hook, failure: expect.stringContaining('500') }] });
    hear = 200;
    await look();
    expect(await failing()).toMatchObject({ failure: null });
    expect((await failing())?.notifiedAt).not.toBeNull();
    // an address in a network that the operator did not allow is not reached
    await operator('PUT', '/api/v1/alert-settings/kota', { webhookUrl: hook.replace('127.0.0.1', '127.0.0.2'), mails: ['jaga@kota.example'] });
    const before = calls.length;
    const tried = await operator('POST', '/api/v1/alert-settings/kota/test');
    expect(tried.body).toMatchObject({ items: [{ to: 'jaga@kota.example', failure: null }, { failure: expect.stringContaining('did not allow') }] });
    expect(calls.length).toBe(before);
  }); // prettier-ignore

  test('[AP85] an agency’s people see and handle what is its own; thresholds are the city’s', async () => {
    expect((await other('GET', '/api/v1/alerts')).body['items']).toEqual([]);
    expect((await other('POST', '/api/v1/alerts/acknowledgement', { alertId: 'quota/lab' })).status).toBe(404);
    expect((await other('GET', '/api/v1/alert-settings/kota')).status).toBe(403);
    expect((await operator('PUT', '/api/v1/alert-settings/lab', { thresholds: {} })).status).toBe(400);
    expect((await operator('PUT', '/api/v1/alert-settings/kota', { mails: ['no address'] })).status).toBe(400);
    const changed = await operator('PUT', '/api/v1/alert-settings/kota', { thresholds: { quotaPercent: 95 } });
    expect(changed.body).toMatchObject({ mails: [], webhookUrl: null, thresholds: { quotaPercent: 95, downMinutes: 2 } });
    await look();
    expect((await open()).map(({ kind }) => kind)).not.toContain('quota');
  });

  test('[AP84] mail goes over SMTP where it is configured', async () => {
    const heard: string[] = [];
    const server = createTcpServer((socket) => {
      let data = false;
      socket.write('220 catcher\r\n');
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().split('\r\n').filter((text) => text !== '')) {
          heard.push(line);
          if (data && line !== '.') continue;
          if (line === 'DATA') socket.write('354 go on\r\n');
          else if (line.startsWith('EHLO')) socket.write('250 catcher\r\n');
          else socket.write('250 fine\r\n');
          data = line === 'DATA';
        }
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = { ALUR_SMTP_URL: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, ALUR_MAIL_FROM: 'alur@kota.example' };
    const none = { outbox: async () => undefined, allowedNetworks: [], read: async () => undefined, seal: createSeal('11'.repeat(32)), now: Date.now };
    const carriers = createAlertCarriers({ env, ...none });
    await carriers.mail({ id: createHash('sha256').update('x').digest('hex'), to: 'jaga@kota.example', subject: 'Peringatan', text: 'Laboratorium tidak menjawab' });
    await carriers.close();
    server.close();
    expect(heard).toEqual(expect.arrayContaining(['MAIL FROM:<alur@kota.example>', 'RCPT TO:<jaga@kota.example>', 'Subject: Peringatan', 'Laboratorium tidak menjawab']));
  }); // prettier-ignore
});
