/** What a mail about an alert says, in both languages of the city. Names and figures only. */
import type { Agencies } from '../agencies.ts';
import type { Alert, Kind, Telling } from './decide.ts';

type Values = Alert['values'];
type Say = (agency: string, values: Values) => string;

const time = (moment: Values[string] | undefined): string =>
  typeof moment === 'string' ? moment.slice(0, 16).replace('T', ' ') + ' UTC' : '–';

const says: Readonly<Record<'id' | 'en', Readonly<Record<Kind, Say>>>> = {
  id: {
    'agency-down': (agency, { since }) => `${agency} tidak menjawab sejak ${time(since)}. Panggilan menunggu; tidak ada yang hilang.`,
    backlog: (agency, { waiting, since }) => `${waiting} panggilan menunggu ${agency}, yang paling lama sejak ${time(since)}.`,
    'contract-drift': (agency, { operation, calls, place }) => `Jawaban ${agency} (${operation}) melanggar kontrak ${calls} kali dalam satu jam${place ? `, di ${place}` : ''}.`,
    expiry: (agency, { credential, ends }) => `Kredensial ${agency} (${credential}) berakhir ${time(ends)}.`,
    incidents: (_agency, { process, incidents, since }) => `${incidents} permohonan "${process}" terhenti, yang paling lama sejak ${time(since)}.`,
    quota: (agency, { used, callsPerDay }) => `Kuota hari ini untuk ${agency}: ${used} dari ${callsPerDay} panggilan terpakai.`,
    'news-refused': (agency, { news, calls }) => `${calls} kabar "${news}" dari ${agency} ditolak dalam satu jam.`,
  },
  en: {
    'agency-down': (agency, { since }) => `${agency} has not answered since ${time(since)}. Calls wait; nothing is lost.`,
    backlog: (agency, { waiting, since }) => `${waiting} calls wait for ${agency}, the oldest since ${time(since)}.`,
    'contract-drift': (agency, { operation, calls, place }) => `Answers of ${agency} (${operation}) broke the contract ${calls} times within an hour${place ? `, at ${place}` : ''}.`,
    expiry: (agency, { credential, ends }) => `The credential of ${agency} (${credential}) ends ${time(ends)}.`,
    incidents: (_agency, { process, incidents, since }) => `${incidents} cases of "${process}" are stuck, the oldest since ${time(since)}.`,
    quota: (agency, { used, callsPerDay }) => `Today's quota of ${agency}: ${used} of ${callsPerDay} calls are used.`,
    'news-refused': (agency, { news, calls }) => `${calls} calls with the news "${news}" of ${agency} were refused within an hour.`,
  },
}; // prettier-ignore

const heads: Readonly<Record<Telling, { readonly id: string; readonly en: string }>> = {
  opened: { id: 'Peringatan', en: 'Alert' },
  reminder: { id: 'Masih berlangsung', en: 'Still so' },
  escalated: { id: 'Belum ditangani', en: 'Nobody has taken it on' },
  resolved: { id: 'Selesai', en: 'Over' },
};

export interface Words {
  readonly subject: string;
  readonly text: string;
}

/** `address`: where the console shows it */
export function wordsOf(
  alert: Alert,
  tell: Telling,
  { agencies, address }: { readonly agencies: Agencies; readonly address: string },
): Words {
  const [id, en] = [agencies.nameOf(alert.agencyId) ?? alert.agencyId, agencies.nameEnOf(alert.agencyId) ?? alert.agencyId];
  const [indonesian, english] = [says.id[alert.kind](id, alert.values), says.en[alert.kind](en, alert.values)];
  const subject = `[Alur] ${heads[tell].id}: ${indonesian}`.slice(0, 180);
  return { subject, text: `${heads[tell].id}: ${indonesian}\n\n${heads[tell].en}: ${english}\n\n${address}\n` };
}
