import type { DatabaseSync } from 'node:sqlite';
import { collections } from '../collections.ts';
import type { CollectionName } from '../collections.ts';
import { columnDefinition, columnsOf, SCHEMA_VERSION, schemaStatements } from './sqlite-schema.ts';

/** Brings the file to this program's schema in one transaction. Throws when a newer program wrote it: running on would lose what only that one understands. */
export function migrate(db: DatabaseSync): void {
  const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (found > SCHEMA_VERSION)
    throw new Error(`Expected a store of schema version ${SCHEMA_VERSION} or older, but it has version ${found}: start the newer program`);
  db.exec('BEGIN IMMEDIATE');
  try {
    const statements = schemaStatements();
    for (const statement of statements.filter((text) => text.startsWith('CREATE TABLE'))) db.exec(statement);
    for (const statement of missingColumns(db)) db.exec(statement);
    for (const statement of statements.filter((text) => text.startsWith('CREATE INDEX'))) db.exec(statement);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Fields that collections.ts got since the file was made. */
function missingColumns(db: DatabaseSync): readonly string[] {
  return (Object.keys(collections) as CollectionName[]).flatMap((name) => {
    const known = new Set(
      db
        .prepare(`SELECT name FROM pragma_table_info(?)`)
        .all(name)
        .map((row) => String(row['name'])),
    );
    return columnsOf(collections[name])
      .filter(({ field }) => !known.has(field))
      .map(({ column, type }) => `ALTER TABLE "${name}" ADD COLUMN ${columnDefinition(column, type)}`);
  });
}
