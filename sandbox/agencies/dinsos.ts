/** Social affairs: the status is 200 whatever happens. Numbers that end in an even digit receive aid; the others were never on the list. */
import type { Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

export const dinsos: Behaviour = {
  operations: {
    reportDeath: ({ body }, { state }) => {
      const { nik } = body as { readonly nik: string };
      if (Number(nik.slice(-1)) % 2 === 1)
        return { status: 200, body: { sukses: false, kode: 'BUKAN_PENERIMA', pesan: 'NIK tidak menerima bantuan', data: null } };
      const confirmationNumber = state.nextNumber('BNS');
      state.records.set(confirmationNumber, body as JsonObject);
      return { status: 200, body: { sukses: true, kode: '00', pesan: 'Bantuan dihentikan', data: { confirmationNumber } } };
    },
  },
};
