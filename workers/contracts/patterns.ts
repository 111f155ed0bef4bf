/**
 * DANGER: a contract's `pattern` is a stranger's regular expression, and answers are strangers' texts: together they can hold a processor for
 * hours. Only patterns that need no more than about the square of the text's length are kept.
 */
import { isNode, type Node } from './nodes.ts';

export function isHarmless(pattern: string): boolean {
  if (pattern.length > 500 || /\\[1-9k]|\(\?[=!<]/.test(pattern)) return false;
  const plain = pattern.replace(/\\./g, 'x').replace(/\[(?:[^\]])*\]/g, 'x');
  // a group that repeats without bound, or with a large one
  if (/\)(?:[*+]|\{\d*,\}|\{\d{3,}|\{\d+,\d{3,})/.test(plain)) return false;
  // a repeated group within which something repeats
  if (/[*+}][^()]*\)\{/.test(plain)) return false;
  const open = plain.match(/[*+]|\{\d+,\}|\{\d*,\d{3,}\}/g) ?? [];
  try {
    new RegExp(pattern, 'u');
  } catch {
    return false;
  }
  return open.length <= 2;
}

/** formats that answers can be checked by */
const FORMATS = new Set(['date', 'time', 'date-time', 'duration', 'uri', 'uri-reference', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid', 'json-pointer', 'byte', 'int32', 'int64', 'float', 'double', 'password', 'binary']); // prettier-ignore

export interface Left {
  readonly kind: 'pattern' | 'choices';
  readonly text: string;
}

/** A copy without the patterns that are not harmless, and without choices that contradict their type; `told` hears of each. */
export function withoutHarm(value: unknown, told: (left: Left) => void): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutHarm(one, told));
  if (!isNode(value)) return value;
  const entries = Object.entries(value).flatMap(([name, one]) =>
    isLeft(value, name, told) ? [] : [[name, withoutHarm(one, told)] as const],
  );
  return Object.fromEntries(entries) as Node;
}

function isLeft(node: Node, name: string, told: (left: Left) => void): boolean {
  const value = node[name];
  // the names of `patternProperties` are patterns
  if (name === 'patternProperties') return true;
  // `uint64` and the like mean something to their authors only
  if (name === 'format') return typeof value === 'string' && !FORMATS.has(value);
  if (name === 'pattern' && typeof value === 'string' && !isHarmless(value)) {
    told({ kind: 'pattern', text: value });
    return true;
  }
  if (name !== 'enum' || !Array.isArray(value) || value.length === 0 || node['type'] === undefined) return false;
  if (value.some((one) => isOf(one, [node['type']].flat()))) return false;
  // nothing could ever fulfil it: its author meant something else than the schema says
  told({ kind: 'choices', text: value.map(String).join(', ') });
  return true;
}

function isOf(value: unknown, types: readonly unknown[]): boolean {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return types.includes(type) || (type === 'number' && types.includes('integer') && Number.isInteger(value));
}
