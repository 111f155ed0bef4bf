/** Our own groups in the properties panel, above the technical ones: agency, service, stage, agency call, form. */
import i18next from 'i18next';
import { Group } from '@bpmn-io/properties-panel';
import type { BpmnFactory, EventBus, ModdleElement, Modeling, Shape } from '../bpmn-io/types.ts';
import { agencyOptions, formOptions, laneOptions, operationOptions } from './catalog.ts';
import {
  readFormId,
  readHeader,
  readInput,
  readJobType,
  readProperty,
  writeFormId,
  writeHeader,
  writeInput,
  writeJobType,
  writeProperty,
} from './extension.ts';
import type { Target, Tools } from './extension.ts';
import { checkbox, choice, textArea, textField } from './fields.ts';
import type { Entry, FieldSpec } from './fields.ts';

interface PanelGroup {
  readonly id: string;
  readonly label: string;
  readonly component: unknown;
  readonly entries: readonly Entry[];
}
interface PropertiesPanel {
  registerProvider: (priority: number, provider: object) => void;
}

type Make = (name: string, label: string, hint?: string) => FieldSpec;

const isProcess = (owner: ModdleElement): boolean => owner.$type === 'bpmn:Process';
const isWork = (owner: ModdleElement): boolean => /Task$|SubProcess$|CallActivity$|Event$/.test(owner.$type);

function serviceEntries(make: Make): readonly Entry[] {
  return [
    choice(make('alur:owner', 'owner', 'ownerHint'), agencyOptions),
    checkbox(make('alur:service', 'service')),
    textField(make('alur:reference', 'reference', 'referenceHint')),
    textField(make('alur:historyTimeToLive', 'historyTimeToLive', 'historyTimeToLiveHint')),
    textField(make('alur:archiveTimeToLive', 'archiveTimeToLive', 'archiveTimeToLiveHint')),
    textField(make('alur:candidateStarterGroups', 'starterGroups', 'starterGroupsHint')),
    textField(make('alur:candidateStarterUsers', 'starterUsers', 'starterUsersHint')),
    textField(make('alur:label.en', 'labelEn')),
    textArea(make('alur:description', 'description')),
    textArea(make('alur:description.en', 'descriptionEn')),
  ];
}

function stepEntries(make: Make, owner: ModdleElement): readonly Entry[] {
  const outcome =
    owner.$type === 'bpmn:EndEvent'
      ? [textField(make('alur:outcome', 'outcome', 'outcomeHint')), textField(make('alur:outcome.en', 'outcomeEn'))]
      : [];
  return [
    textField(make('alur:label.en', 'labelEn')),
    textField(make('alur:phase', 'phase', 'phaseHint')),
    textField(make('alur:phase.en', 'phaseEn')),
    ...outcome,
  ];
}

const builtInTypes = ['agency-call', 'permit-pdf', 'notify'] as const;

function jobTypeEntry(target: Target, tools: Tools): Entry {
  const options = (): { value: string; label: string }[] =>
    builtInTypes.map((type) => ({ value: type, label: i18next.t(`properties.job.${type}`) }));
  const read = (): string => readJobType(target.owner);
  return choice({ id: 'alur-job', label: 'jobType', read, write: (value) => writeJobType(target, value, tools) }, options);
}

function callEntries(target: Target, tools: Tools, eventBus: EventBus): readonly Entry[] {
  const { owner, shape } = target;
  const header = (name: string, label: string, hint?: string): FieldSpec => ({
    id: `alur-call-${name}`,
    label,
    ...(hint ? { hint } : {}),
    read: () => readHeader(owner, name),
    write: (value) => writeHeader(target, { name, value, tools }),
  });
  const input = (name: string, label: string): FieldSpec => ({
    id: `alur-call-${name}`,
    label,
    hint: 'inputHint',
    read: () => readInput(owner, name),
    write: (value) => writeInput(target, { name, value, tools }),
  });
  const refresh = (): void => eventBus.fire('elements.changed', { elements: [shape] });
  const purpose: FieldSpec = {
    id: 'alur:purpose',
    label: 'purpose',
    hint: 'purposeHint',
    read: () => readProperty(owner, 'alur:purpose'),
    write: (value) => writeProperty(target, { name: 'alur:purpose', value, tools }),
  };
  return [
    choice(header('agency', 'callAgency'), agencyOptions),
    choice(header('operation', 'operation'), () => operationOptions(readHeader(owner, 'agency'), refresh)),
    textField(purpose),
    textField(input('path', 'path')),
    textField(input('query', 'query')),
    textField(input('body', 'body')),
    textField(header('errors', 'errors', 'errorsHint')),
    textField(header('timeout', 'timeout', 'timeoutHint')),
  ];
}

class AlurProperties {
  static $inject = ['propertiesPanel', 'modeling', 'bpmnFactory', 'eventBus'];
  private readonly tools: Tools;
  private readonly eventBus: EventBus;
  constructor(propertiesPanel: PropertiesPanel, modeling: Modeling, bpmnFactory: BpmnFactory, eventBus: EventBus) {
    this.tools = { modeling, bpmnFactory };
    this.eventBus = eventBus;
    propertiesPanel.registerProvider(300, this); // after the technical groups, so that we can put ours before them
  }

  getGroups(element: Shape): (groups: PanelGroup[]) => PanelGroup[] {
    return (groups) => {
      if (!element?.businessObject) return groups; // several elements are selected
      const general = groups.filter((group) => group.id === 'general');
      return [...general, ...this.ownGroups(element), ...groups.filter((group) => group.id !== 'general')];
    };
  }

  private ownGroups(shape: Shape): PanelGroup[] {
    const owner = shape.businessObject;
    const process = isProcess(owner) ? owner : (owner.get('processRef') as ModdleElement | undefined);
    const group = (id: string, entries: readonly Entry[]): PanelGroup => ({
      id: `alur-${id}`,
      label: i18next.t(`properties.groups.${id}`),
      component: Group,
      entries,
    });
    const groups: PanelGroup[] = [];
    if (owner.$type === 'bpmn:Lane' || owner.$type === 'bpmn:Participant') {
      groups.push(group('agency', [choice(this.maker({ shape, owner })('alur:agency', 'agency', 'agencyHint'), laneOptions)]));
    }
    if (process) groups.push(group('service', serviceEntries(this.maker({ shape, owner: process }))));
    if (isWork(owner)) groups.push(group('step', stepEntries(this.maker({ shape, owner }), owner)));
    groups.push(...this.workGroups({ shape, owner }, group));
    return groups;
  }

  private workGroups(target: Target, group: (id: string, entries: readonly Entry[]) => PanelGroup): PanelGroup[] {
    const { owner, shape } = target;
    const groups: PanelGroup[] = [];
    // a step made from a template asks for the same things in the template's own groups
    if (/(Service|Send)Task$/.test(owner.$type) && !owner.get('zeebe:modelerTemplate')) {
      const call = readJobType(owner) === 'agency-call' ? callEntries(target, this.tools, this.eventBus) : [];
      groups.push(group('call', [jobTypeEntry(target, this.tools), ...call]));
    }
    if (owner.$type === 'bpmn:UserTask' || (owner.$type === 'bpmn:StartEvent' && shape.parent?.type !== 'bpmn:SubProcess')) {
      const form: FieldSpec = {
        id: 'alur-form',
        label: 'form',
        hint: 'formHint',
        read: () => readFormId(owner),
        write: (value) => writeFormId(target, value, this.tools),
      };
      groups.push(group('form', [choice(form, formOptions)]));
    }
    return groups;
  }

  private maker(target: Target): Make {
    return (name, label, hint) => ({
      id: name,
      label,
      ...(hint ? { hint } : {}),
      read: () => readProperty(target.owner, name),
      write: (value) => writeProperty(target, { name, value, tools: this.tools }),
    });
  }
}

export const alurPropertiesModule = { __init__: ['alurProperties'], alurProperties: ['type', AlurProperties] };
