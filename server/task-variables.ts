/** What somebody who may work on a task sees of its case's variables. */
import { formNames } from '../engine/analysis/form-names.ts';
import type { Row } from '../runtime/collections.ts';
import { audit } from './audit.ts';
import { ownsCase, seenNames } from './case-sight.ts';
import { effectiveVariableRows } from './effective-variables.ts';
import { identityNames, maskedRow, seesIdentity } from './identity-mask.ts';
import type { Asked } from './route.ts';

/**
 * The task's own variables, those that its form shows or asks for, and those that the reader's agency sees in the case; the owner sees all.
 * Numbers that name a person are masked for those whose work does not need them; who sees them plainly is written down.
 */
export async function taskVariableRows(asked: Asked, task: Row): Promise<readonly Row[]> {
  const { reader, context } = asked;
  const { store, definitions } = context.runtime;
  const definition = definitions.byKey(String(task['processDefinitionKey']));
  const rows = await effectiveVariableRows(store, String(task['processInstanceKey']), String(task['elementInstanceKey']));
  const form = typeof task['formKey'] === 'string' ? definitions.form(task['formKey']) : undefined;
  const shown = formNames(form?.schema);
  const seen = new Set([...seenNames(reader, definition), ...shown.reads, ...shown.writes]);
  const all = ownsCase(reader, definition?.row);
  const visible = rows.filter((row) => all || row['scopeKey'] === task['elementInstanceKey'] || seen.has(String(row['name'])));
  await tellIdentity(asked, task, visible);
  return visible.map((row) => maskedRow(reader, definitions, row));
}

async function tellIdentity({ context, reader }: Asked, task: Row, rows: readonly Row[]): Promise<void> {
  const names = identityNames(context.runtime.definitions);
  const plain = rows.filter((row) => names.has(String(row['name']))).map((row) => String(row['name']));
  if (plain.length === 0 || !seesIdentity(reader)) return;
  const subject = `userTasks ${String(task['userTaskKey'])}: ${plain.join(', ')}`.slice(0, 300);
  await audit(context, reader, {
    action: 'read',
    subject,
    outcome: 'done',
    reason: 'identity numbers',
    chain: String(task['processInstanceKey']),
  });
}
