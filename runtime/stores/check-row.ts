import { collections } from '../collections.ts';
import type { Collection } from '../collections.ts';
import type { RowChange } from '../ports.ts';
import { fieldType, fieldValue } from './field-value.ts';

/** Throws a TypeError for a row that its collection does not describe: our fault, found before anything is written. */
export function checkRow(change: RowChange): void {
  const collection: Collection = collections[change.collection];
  if (collection.key !== undefined) fieldValue('key', change.key);
  const fields = change.op === 'put' ? change.row : change.op === 'patch' ? change.fields : {};
  for (const [field, value] of Object.entries(fields)) checkField(`${change.collection}.${field}`, { collection, field, value });
  if (change.op === 'put' && collection.key !== undefined && fields[collection.key] !== change.key) {
    throw new TypeError(`Expected a row of ${change.collection} to be named by its ${collection.key}, but ${change.key} is another`);
  }
}

function checkField(
  name: string,
  { collection, field, value }: { readonly collection: Collection; readonly field: string; readonly value: unknown },
): void {
  try {
    fieldValue(fieldType(collection, field), value);
  } catch (error) {
    throw new TypeError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
