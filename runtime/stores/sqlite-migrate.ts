import type { DatabaseSync } from 'node:sqlite';
import { collections } from '../collections.ts';
import type { CollectionName } from '../collections.ts';
import { memberStatements } from './sqlite-members.ts';
import { columnDefinition, columnsOf } from './sqlite-columns.ts';
import { SCHEMA_VERSION, schemaStatements } from './sqlite-schema.ts';
import type { Statements } from './sqlite-schema.ts';

/** Brings the file to this program's schema in one transaction. Throws when a newer program wrote it: running on would lose what only that one understands. */
export function migrate(db: DatabaseSync): void {
  const found = schemaVersionOf(db);
  if (found > SCHEMA_VERSION)
    throw new Error(`Expected a store of schema version ${SCHEMA_VERSION} or older, but it has version ${found}: start the newer program`);
  db.exec('BEGIN IMMEDIATE');
  try {
    const statements = schemaStatements();
    for (const statement of statements.tables) db.exec(statement);
    for (const statement of missingColumns(db)) db.exec(statement);
    indexes(db, statements);
    members(db, statements);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

export function schemaVersionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
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

/** Indexes of an earlier collections.ts cost every write and serve no search any more. */
function indexes(db: DatabaseSync, { indexes: wanted }: Statements): void {
  for (const name of namesOf(db, 'index').filter((known) => known.includes(':') && !wanted.has(known)))
    if (!name.startsWith('sqlite_')) db.exec(`DROP INDEX "${name}"`);
  for (const statement of wanted.values()) db.exec(statement);
}

/** Lines of rows that are older than their index are made once. */
function members(db: DatabaseSync, { members: wanted }: Statements): void {
  const known = new Set(namesOf(db, 'table'));
  for (const name of known) if (name.includes(':') && !wanted.some(({ table }) => table === name)) dropMembers(db, name);
  for (const index of wanted) {
    const { table, triggers, fill } = memberStatements(index);
    if (!known.has(index.table)) [table, fill].forEach((statement) => db.exec(statement));
    for (const statement of triggers) db.exec(statement);
  }
}

function dropMembers(db: DatabaseSync, table: string): void {
  for (const trigger of namesOf(db, 'trigger').filter((name) => name.startsWith(`${table}/`))) db.exec(`DROP TRIGGER "${trigger}"`);
  db.exec(`DROP TABLE "${table}"`);
}

function namesOf(db: DatabaseSync, type: 'index' | 'table' | 'trigger'): readonly string[] {
  return db
    .prepare('SELECT name FROM sqlite_schema WHERE type = ?')
    .all(type)
    .map((row) => String(row['name']));
}
