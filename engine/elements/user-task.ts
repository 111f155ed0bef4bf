import type { Behavior } from '../machine/behavior.ts';
import { evaluateJson, evaluateNumber, evaluateText, wrongType } from '../machine/evaluate.ts';
import type { Purpose } from '../machine/evaluate.ts';
import { Fault } from '../machine/fault.ts';
import type { Run } from '../machine/run.ts';
import { askListeners, hasListeners } from '../machine/task-listeners.ts';
import { parseDate } from '../time/date.ts';
import type { ElementOf, Value } from '../process.ts';
import type { ElementInstance, TaskState } from '../state.ts';
import type { Key, TaskFields } from '../terms.ts';

type UserTask = ElementOf<'user-task'>;

/** Work for a person. Who gets it, until when and with which form is worked out once, when the task is created. */
export const userTask: Behavior<UserTask> = {
  enter: (run, { n }, element) => {
    const formKey = element.form && formOf(run, element.form);
    const externalForm = element.externalForm && evaluateText(run, element.externalForm, purpose(n, 'the form reference'));
    const fields = fieldsOf(run, n, element);
    const task = run.number;
    run.emit({
      t: 'user-task-created',
      n: task,
      el: n,
      element: element.id,
      at: run.at,
      fields,
      ...(formKey !== undefined && { formKey }),
      ...(externalForm !== undefined && { externalForm }),
      ...(Object.keys(element.headers).length > 0 && { headers: element.headers }),
    });
    askListeners(run, task, { event: 'CREATING' });
  },
  terminating: (run, instance) => {
    const task = taskOf(run, instance);
    if (task === undefined || !hasListeners(run, task, 'CANCELING')) return undefined;
    askListeners(run, task.n, { event: 'CANCELING' });
    return 'later';
  },
};

/** The open user task of this element instance. */
export function taskOf(run: Run, instance: ElementInstance): TaskState | undefined {
  for (const n of instance.owned ?? []) if (run.state.tasks.has(n)) return run.state.tasks.get(n);
  return undefined;
}

function purpose(n: number, what: string): Purpose {
  return { n, what, kind: 'EXTRACT_VALUE_ERROR' };
}

function formOf(run: Run, form: NonNullable<UserTask['form']>): Key {
  const deployed = run.world.library.form(form.id, form.binding);
  if (deployed) return deployed.key;
  throw new Fault('FORM_NOT_FOUND', `Expected a form '${form.id}' (${form.binding.type}) to be deployed, but there is none.`);
}

/** Without any assignment the lane's agency is the candidate group. */
function fieldsOf(run: Run, n: number, element: UserTask): TaskFields {
  const assignee = optional(element.assignee, (value) => textOrNull(run, value, purpose(n, 'the assignee')));
  const candidateUsers = optional(element.candidateUsers, (value) => listOf(run, value, purpose(n, 'the candidate users')));
  const candidateGroups =
    optional(element.candidateGroups, (value) => listOf(run, value, purpose(n, 'the candidate groups'))) ?? defaultGroups(element);
  const dueDate = optional(element.dueDate, (value) => dateOf(run, value, purpose(n, 'the due date')));
  const followUpDate = optional(element.followUpDate, (value) => dateOf(run, value, purpose(n, 'the follow-up date')));
  return {
    ...(assignee !== undefined && { assignee }),
    ...(candidateUsers && { candidateUsers }),
    ...(candidateGroups && { candidateGroups }),
    ...(dueDate !== undefined && { dueDate }),
    ...(followUpDate !== undefined && { followUpDate }),
    ...(element.priority && { priority: priorityOf(run, n, element.priority) }),
  };
}

function optional<T>(value: Value | undefined, read: (value: Value) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function defaultGroups(element: UserTask): readonly string[] | undefined {
  const assigned = element.assignee ?? element.candidateUsers ?? element.candidateGroups;
  return assigned === undefined && element.agency !== undefined ? [element.agency] : undefined;
}

function textOrNull(run: Run, value: Value, why: Purpose): string | null {
  const result = evaluateJson(run, value, why);
  if (result === null || typeof result === 'string') return result === '' ? null : result;
  throw wrongType(why, 'a text', result);
}

/** A FEEL list of texts, or texts with commas between them. */
function listOf(run: Run, value: Value, why: Purpose): readonly string[] {
  const result = evaluateJson(run, value, why);
  if (typeof result === 'string')
    return result
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (Array.isArray(result) && result.every((part) => typeof part === 'string')) return result as readonly string[];
  if (result === null) return [];
  throw wrongType(why, 'a list of texts', result);
}

function dateOf(run: Run, value: Value, why: Purpose): string | null {
  const result = textOrNull(run, value, why);
  if (result === null) return null;
  const moment = parseDate(result, run.world.zone);
  if (moment === undefined) throw wrongType(why, 'an ISO 8601 date and time', result);
  return new Date(moment).toISOString();
}

function priorityOf(run: Run, n: number, value: Value): number {
  const priority = evaluateNumber(run, value, purpose(n, 'the priority'));
  if (Number.isInteger(priority) && priority >= 0 && priority <= 100) return priority;
  throw wrongType(purpose(n, 'the priority'), 'a whole number from 0 to 100', priority);
}
