/**
 * The population register. Every 16-digit number of this city (3573...) belongs to a resident, except those that end in 9999;
 * so a demo can type any number, and a test can be told no.
 */
import { problem, type Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

const NAMED = new Map([
  ['3573014203850002', 'Siti Rahayu'],
  ['3573021708900001', 'Bambang Hartono'],
  ['3573035105950003', 'Dewi Lestari'],
]);
const NAMES = ['Agus Salim', 'Ratna Sari', 'Joko Purnomo', 'Sri Wahyuni', 'Hendra Wijaya'];

export const dispendukcapil: Behaviour = {
  operations: {
    lookUpResident: ({ body }, { state }) => {
      const { nik } = body as { readonly nik: string };
      if (!isKnown(nik)) return problem(404, 'NIK_UNKNOWN', 'NIK tidak dikenal');
      return { status: 200, body: state.records.has(nik) ? { ...resident(nik), status: 'deceased' } : resident(nik) };
    },
    registerDeath: ({ body }, { state }) => {
      const death = body as { readonly nik: string } & JsonObject;
      if (!isKnown(death.nik)) return problem(404, 'NIK_UNKNOWN', 'NIK tidak dikenal');
      if (state.records.has(death.nik)) return problem(409, 'DEATH_KNOWN', 'Kematian sudah tercatat');
      const certificateNumber = state.nextNumber('AKM');
      state.records.set(death.nik, { ...death, certificateNumber });
      return { status: 201, body: { certificateNumber, nik: death.nik, name: resident(death.nik)['name'] ?? '' } };
    },
  },
};

const isKnown = (nik: string): boolean => nik.startsWith('3573') && !nik.endsWith('9999');

const resident = (nik: string): JsonObject => ({
  nik,
  name: NAMED.get(nik) ?? NAMES[Number(nik.slice(-2)) % NAMES.length] ?? 'Warga Kota',
  status: 'active',
  address: { street: `Jl. Kawi ${Number(nik.slice(-2)) + 1}`, rt: '003', rw: '005', kelurahan: 'Bareng', kecamatan: 'Klojen' },
});
