import { createHash } from 'node:crypto';
import type { CodeMessage, SendCode } from './one-time-codes.ts';

const MOST = 100;

/** Catches codes where nothing is to be sent (the demo), and shows each to the browser that asked for it. In memory: nothing survives. */
export function createCodeCatcher(): { readonly send: SendCode; readonly caught: (browser: string) => CodeMessage | undefined } {
  const messages = new Map<string, CodeMessage>();
  return {
    send: (message) => {
      const [oldest] = messages.keys();
      if (messages.size >= MOST && oldest !== undefined) messages.delete(oldest);
      messages.set(message.id, message);
      return Promise.resolve();
    },
    caught: (browser) => messages.get(createHash('sha256').update(browser).digest('hex')),
  };
}
