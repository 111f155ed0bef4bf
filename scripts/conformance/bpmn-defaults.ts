/** Attributes whose absence says the same: the default values of the schemas of BPMN 2.0.2 and zeebe, and xsi:type where it repeats what the schema says. */
const defaults: ReadonlyMap<string, readonly string[]> = new Map([
  ['bindingType', ['latest']],
  ['cancelActivity', ['true']],
  ['cancelRemainingInstances', ['true']],
  ['completionQuantity', ['1']],
  ['eventGatewayType', ['Exclusive']],
  ['expressionLanguage', ['http://www.w3.org/1999/XPath']],
  ['gatewayDirection', ['Unspecified']],
  ['instantiate', ['false']],
  ['isCollection', ['false']],
  ['isForCompensation', ['false']],
  ['isInterrupting', ['true']],
  ['isSequential', ['false']],
  ['parallelMultiple', ['false']],
  ['startQuantity', ['1']],
  ['testBefore', ['false']],
  ['textFormat', ['text/plain']],
  ['triggeredByEvent', ['false']],
  ['typeLanguage', ['http://www.w3.org/2001/XMLSchema']],
]);

const DC = /^\{http:\/\/www\.omg\.org\/spec\/DD\/20100524\/DI\}waypoint$/;

/** `element`, `attribute`: `{namespace}local`. */
export function isDefault(element: string, attribute: string, value: string): boolean {
  if (DC.test(element) && attribute.endsWith('}type')) return /(?:^|[:}])Point$/.test(value);
  if (!/^\{http:\/\/(?:www\.omg\.org\/spec\/BPMN\/20100524|camunda\.org\/schema\/zeebe)\//.test(element)) return false;
  return defaults.get(attribute)?.includes(value) ?? false;
}
