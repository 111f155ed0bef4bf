/** The environment office: screens a building plan; small ones need a statement only, bigger ones a clerk's review. */
import { problem, type Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

export const dlh: Behaviour = {
  operations: {
    requestScreening: ({ body }, { state }) => {
      const plan = body as JsonObject;
      const area = Number(plan['buildingArea']);
      const instrument = area > 10_000 ? 'AMDAL' : area > 500 || plan['buildingFunction'] === 'industri' ? 'UKL-UPL' : 'SPPL';
      const screening: JsonObject = { screeningNumber: state.nextNumber('LH'), instrument, reviewNeeded: instrument !== 'SPPL' };
      state.records.set(String(screening['screeningNumber']), screening);
      return { status: 201, body: screening };
    },
    getScreening: ({ path }, { state }) => {
      const screening = state.records.get(path.get('screeningNumber') ?? '');
      return screening === undefined ? problem(404, 'SCREENING_UNKNOWN', 'Penapisan tidak dikenal') : { status: 200, body: screening };
    },
  },
};
