/** The coverage map: two fibre nodes; the distance to the nearer one is really computed, so moving the place changes the answer. */
import { problem, type Behaviour } from '../behaviour.ts';

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

const FIBRE: readonly Place[] = [
  { latitude: -7.9666, longitude: 112.6326 },
  { latitude: -7.9425, longitude: 112.6145 },
];
const HOTSPOTS: readonly (Place & { readonly hotspotId: string })[] = [
  { hotspotId: 'HS-ALUN-ALUN', latitude: -7.9826, longitude: 112.6308 },
];
const CITY_RADIUS_METRES = 12_000;

/** metres; flat earth is exact enough inside a city */
function distance(a: Place, b: Place): number {
  const north = (a.latitude - b.latitude) * 111_320;
  const east = (a.longitude - b.longitude) * 111_320 * Math.cos((a.latitude * Math.PI) / 180);
  return Math.round(Math.hypot(north, east));
}

export const diskominfo: Behaviour = {
  operations: {
    getCoverage: ({ query }) => {
      const place = { latitude: Number(query.get('latitude')), longitude: Number(query.get('longitude')) };
      const fibreDistanceMetres = Math.min(...FIBRE.map((node) => distance(place, node)));
      if (fibreDistanceMetres > CITY_RADIUS_METRES) return problem(422, 'OUTSIDE_CITY', 'Di luar wilayah kota');
      const hotspotsWithin200Metres = HOTSPOTS.filter((hotspot) => distance(place, hotspot) <= 200).length;
      return { status: 200, body: { fibreDistanceMetres, hotspotsWithin200Metres, powerAvailable: true, district: 'Klojen' } };
    },
    listHotspots: () => ({ status: 200, body: { items: HOTSPOTS.map((hotspot) => ({ ...hotspot })) } }),
  },
};
