import type { Store } from '../runtime/ports.ts';

const ATTEMPTS = 200;

/** The next number of a series, e.g. WIFI-2026-000017. Each number is claimed by a row of its own, so two never get the same. */
export async function nextReference(store: Store, prefix: string, year: number): Promise<string> {
  const series = `${prefix}-${year}`;
  let number = Number((await store.get('sequences', series))?.['value'] ?? 0);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    number += 1;
    const reference = `${series}-${String(number).padStart(6, '0')}`;
    const claimed = await store.write(
      [
        { op: 'put', collection: 'sequences', key: reference, row: { name: reference, value: number } },
        { op: 'put', collection: 'sequences', key: series, row: { name: series, value: number } },
      ],
      [{ collection: 'sequences', key: reference }],
    );
    if (claimed) return reference;
  }
  throw new Error(`Expected a free number in ${series}, but ${ATTEMPTS} in a row were taken at the same moment`);
}
