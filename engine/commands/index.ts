import type { Run } from '../machine/run.ts';
import type { CommandOf, CommandType, Rejection } from '../terms.ts';
import { activateAdHoc } from './activate-ad-hoc.ts';
import { assignBusinessId } from './assign-business-id.ts';
import { assignUserTask } from './assign-user-task.ts';
import { cancelInstance } from './cancel-instance.ts';
import { completeChild, failChild, propagateFromChild } from './child.ts';
import { completeJob } from './complete-job.ts';
import { completeUserTask } from './complete-user-task.ts';
import { correlateMessage, triggerSignal } from './correlate.ts';
import { continueInstance } from './continue-instance.ts';
import { createInstance } from './create-instance.ts';
import { failJob } from './fail-job.ts';
import { fireTimer } from './fire-timer.ts';
import { migrateInstance } from './migrate-instance.ts';
import { modifyInstance } from './modify-instance.ts';
import { resolveIncident } from './resolve-incident.ts';
import { setVariables } from './set-variables.ts';
import { resumeInstance, suspendInstance } from './suspend-instance.ts';
import { throwJobError } from './throw-job-error.ts';
import { throwUserTask } from './throw-user-task.ts';
import { unassignUserTask } from './unassign-user-task.ts';
import { updateJob } from './update-job.ts';
import { updateUserTask } from './update-user-task.ts';

/** Checks first, events last: a command that answers a Rejection has emitted nothing. */
export type Handler<T extends CommandType> = (run: Run, command: CommandOf<T>) => Rejection | void;

/** One handler per command: a command without one does not compile. */
export const commands: { readonly [T in CommandType]: Handler<T> } = {
  'create-instance': createInstance,
  'complete-job': completeJob,
  'fail-job': failJob,
  'throw-job-error': throwJobError,
  'update-job': updateJob,
  'assign-user-task': assignUserTask,
  'unassign-user-task': unassignUserTask,
  'update-user-task': updateUserTask,
  'complete-user-task': completeUserTask,
  'throw-user-task': throwUserTask,
  'fire-timer': fireTimer,
  'correlate-message': correlateMessage,
  'trigger-signal': triggerSignal,
  'complete-child': completeChild,
  'propagate-from-child': propagateFromChild,
  'fail-child': failChild,
  'cancel-instance': cancelInstance,
  'continue-instance': continueInstance,
  'resolve-incident': resolveIncident,
  'set-variables': setVariables,
  'suspend-instance': suspendInstance,
  'resume-instance': resumeInstance,
  'assign-business-id': assignBusinessId,
  'activate-ad-hoc': activateAdHoc,
  'modify-instance': modifyInstance,
  'migrate-instance': migrateInstance,
};
