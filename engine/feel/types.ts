import { FeelFunction, FeelRange, Special, entryOf, isContext, isList, typeName } from './values.ts';
import type { FeelType, FeelValue } from './values.ts';

/** `value instance of type` (DMN 10.3.2.9). Null is an instance of `Null` and, once listed or optional, of nothing else. */
export function isInstance(value: FeelValue, type: FeelType): boolean {
  switch (type.name) {
    case 'Any':
      return value !== null;
    case 'Null':
      return value === null;
    case 'list':
      return isList(value) && value.every((item) => conforms(item, type.of));
    case 'range':
      return value instanceof FeelRange && [value.start, value.end].every((end) => end === null || isInstance(end, type.of));
    case 'context':
      return isContext(value) && contextConforms(value, type.entries);
    case 'function':
      return value instanceof FeelFunction && functionConforms(value, type);
    case 'constrained':
      return isInstance(value, type.of) && type.allows(value);
    case 'named': {
      const resolved = type.resolve();
      return resolved !== undefined && isInstance(value, resolved);
    }
    default:
      return typeName(value) === type.name;
  }
}

/** Like `isInstance`, but null conforms to every type: an entry or a parameter may be empty. */
export function conforms(value: FeelValue, type: FeelType): boolean {
  return value === null || isInstance(value, type);
}

function contextConforms(value: FeelValue, entries: ReadonlyMap<string, FeelType> | null): boolean {
  if (!entries) return true;
  for (const [name, type] of entries) {
    const entry = isContext(value) ? entryOf(value, name) : undefined;
    if (entry === undefined || !conforms(entry, type)) return false;
  }
  return true;
}

function functionConforms(value: FeelFunction, type: FeelType & { name: 'function' }): boolean {
  if (!type.parameters) return true;
  if (type.parameters.length !== value.parameters.length) return false;
  return value.parameters.every((parameter, index) => {
    const wanted = type.parameters?.[index];
    return !parameter.type || !wanted || wanted.name === 'Any' || parameter.type.name === wanted.name;
  });
}

/**
 * The value as the type demands it, after DMN's implicit conversions (10.3.2.9.4): [x] → x, x → [x], date → date and time.
 * Undefined when it cannot be had.
 */
export function convert(value: FeelValue, type: FeelType): FeelValue | undefined {
  if (conforms(value, type)) return value;
  const target = type.name === 'named' ? type.resolve() : type;
  if (!target) return undefined;
  const base = target.name === 'constrained' ? target.of : target;
  if (base.name === 'list') return !isList(value) && conforms(value, base.of) ? [value] : undefined;
  if (isList(value) && value.length === 1) return conforms(value[0] ?? null, type) ? (value[0] ?? null) : undefined;
  return undefined;
}

export function isSpecial(value: FeelValue): value is Special {
  return value instanceof Special;
}
