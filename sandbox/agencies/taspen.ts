/** The pension fund: its operations are SOAP's, named as its WSDL names them. */
import type { Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

export const taspen: Behaviour = {
  operations: {
    LaporKematian: ({ body }, { state }) => {
      const nomorKonfirmasi = state.nextNumber('TSP');
      state.records.set(nomorKonfirmasi, body as JsonObject);
      return { status: 200, body: { nomorKonfirmasi, status: 'dihentikan' } };
    },
  },
};
