/** The health insurance, behind an X-Road security server: who does not say which member calls is turned away by X-Road, not by the agency. */
import type { Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

export const bpjs: Behaviour = {
  xRoadClient: 'ID/GOV/3573/ALUR',
  admit: (headers) => {
    if (/^[^/]+\/[^/]+\/[^/]+\/[^/]+$/.test(headers.get('x-road-client') ?? '')) return undefined;
    const type = 'Client.InvalidRequest';
    return {
      status: 400,
      headers: { 'x-road-error': type },
      body: { type, message: 'Expected the header X-Road-Client to name a subsystem, but it does not', detail: 'sandbox' },
    };
  },
  operations: {
    reportDeath: ({ body }, { state }) => {
      const confirmationNumber = state.nextNumber('BPJS');
      state.records.set(confirmationNumber, body as JsonObject);
      return { status: 201, body: { confirmationNumber, status: 'non-aktif' } };
    },
  },
};
