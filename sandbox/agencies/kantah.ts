/**
 * The land register. Parcels of this city start with 3573; the last two digits decide: 13 disputed, 99 unknown,
 * 03 green space, 04 heritage, 02 commercial, 05 industrial, others residential.
 */
import { problem, type Behaviour } from '../behaviour.ts';
import type { Json } from '../state.ts';

const ZONES = new Map([
  ['02', 'K'],
  ['03', 'RTH'],
  ['04', 'CB'],
  ['05', 'I'],
]);

export const kantah: Behaviour = {
  operations: {
    getParcel: ({ path }) => {
      const parcelNumber = path.get('parcelNumber') ?? '';
      if (!parcelNumber.startsWith('3573') || parcelNumber.endsWith('99')) return problem(404, 'PARCEL_UNKNOWN', 'Bidang tidak dikenal');
      if (parcelNumber.endsWith('13')) return problem(409, 'PARCEL_DISPUTED', 'Bidang dalam sengketa');
      return { status: 200, body: parcel(parcelNumber) };
    },
    listDisputes: ({ query }) => ({
      status: 200,
      body: {
        items:
          query.get('kelurahan') === 'Bareng'
            ? [{ parcelNumber: '35730100000013', caseNumber: '112/Pdt.G/2025/PN Mlg', openedOn: '2025-08-04' }]
            : [],
      },
    }),
  },
};

const parcel = (parcelNumber: string): Json => ({
  parcelNumber,
  areaSquareMetres: 240,
  right: 'hak-milik',
  zone: ZONES.get(parcelNumber.slice(-2)) ?? 'R',
  kelurahan: 'Bareng',
  certificateIssued: '2011-06-14',
});
