/** The fire office: registers an inspection and says how risky the building is. */
import { dayAfter, problem, type Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

export const damkar: Behaviour = {
  operations: {
    requestInspection: ({ body }, world) => {
      const plan = body as JsonObject;
      const inspectionNumber = world.state.nextNumber('PK');
      const riskClass =
        Number(plan['floors']) > 4 || plan['buildingFunction'] === 'industri'
          ? 'tinggi'
          : plan['buildingFunction'] === 'hunian'
            ? 'rendah'
            : 'sedang';
      const inspection: JsonObject = {
        inspectionNumber,
        riskClass,
        scheduledDate: dayAfter(world.now(), 3),
        state: 'scheduled',
        requirements: riskClass === 'rendah' ? ['APAR 1 unit'] : ['APAR tiap lantai', 'Jalur evakuasi', 'Hidran halaman'],
      };
      world.state.records.set(inspectionNumber, inspection);
      return { status: 201, body: inspection };
    },
    getInspection: ({ path }, { state }) => {
      const inspection = state.records.get(path.get('inspectionNumber') ?? '');
      return inspection === undefined ? problem(404, 'INSPECTION_UNKNOWN', 'Pemeriksaan tidak dikenal') : { status: 200, body: inspection };
    },
  },
};
