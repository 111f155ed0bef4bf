/** Reads an agency's answer as what it is: hostile. Bounded in size and depth; keys that could reach a prototype are dropped. */
import type { Json } from './job.ts';

/** 1 MB */
export const ANSWER_LIMIT = 1_048_576;
const DEPTH_LIMIT = 64;

/** Collects at most `limit` bytes; undefined when there are more (the rest is not read). */
export async function readBounded(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON value, or undefined when the text is not JSON or is nested deeper than any honest answer. */
export function parseJson(bytes: Buffer): { readonly value: Json } | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  if (depth(text) > DEPTH_LIMIT) return undefined;
  try {
    const value = JSON.parse(text, (name, entry: Json): Json | undefined => (name === '__proto__' ? undefined : entry)) as Json;
    return { value };
  } catch {
    return undefined;
  }
}

/** Deepest nesting of brackets outside strings: before parsing, because what follows (checks, copies) recurses. */
function depth(text: string): number {
  let open = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, (open += 1));
    else if (char === '}' || char === ']') open -= 1;
  }
  return deepest;
}
