import type { Behavior, Behaviors } from '../machine/behavior.ts';
import { body } from '../machine/loop.ts';
import type { Element, ElementKind, ElementOf } from '../process.ts';
import { adHocSubProcess } from './ad-hoc-sub-process.ts';
import { businessRuleTask } from './business-rule-task.ts';
import { callActivity } from './call-activity.ts';
import { catching } from './catch.ts';
import { complexGateway, eventBasedGateway, exclusiveGateway, inclusiveGateway, parallelGateway } from './gateways.ts';
import { jobTask } from './job-task.ts';
import { pass } from './pass.ts';
import { eventSubProcess, subProcess, wholeProcess } from './scope.ts';
import { scriptTask } from './script-task.ts';
import { throwing } from './throw.ts';
import { userTask } from './user-task.ts';

const nothingToDo = pass as Behavior<Element>;

const elements: { readonly [K in ElementKind]: Behavior<ElementOf<K>> } = {
  process: wholeProcess,
  'sub-process': subProcess,
  transaction: subProcess,
  'event-sub-process': eventSubProcess,
  'ad-hoc-sub-process': adHocSubProcess,
  'call-activity': callActivity,
  'service-task': jobTask,
  'send-task': jobTask,
  'receive-task': catching,
  'user-task': userTask,
  'script-task': scriptTask,
  'business-rule-task': businessRuleTask,
  'manual-task': nothingToDo,
  task: nothingToDo,
  'exclusive-gateway': exclusiveGateway,
  'parallel-gateway': parallelGateway,
  'inclusive-gateway': inclusiveGateway,
  'complex-gateway': complexGateway,
  'event-based-gateway': eventBasedGateway,
  'start-event': nothingToDo,
  'catch-event': catching,
  'throw-event': throwing,
  'end-event': throwing,
  'boundary-event': nothingToDo,
};

/** One behavior per kind of element: a kind without one does not compile. */
export const behaviors: Behaviors = { elements, body };
