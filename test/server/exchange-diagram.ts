/** A case that rests at a task of its owner. */
export const diagram = (id: string, owner: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs-${id}" targetNamespace="http://alur.example">
<bpmn:process id="${id}" name="${id}" isExecutable="true">
  <bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:owner" value="${owner}" /></zeebe:properties></bpmn:extensionElements>
  <bpmn:startEvent id="start" />
  <bpmn:userTask id="rest" name="Rest"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>
  <bpmn:endEvent id="end" />
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="rest" />
  <bpmn:sequenceFlow id="f2" sourceRef="rest" targetRef="end" />
</bpmn:process></bpmn:definitions>`;
