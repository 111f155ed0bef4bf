/** Runs the engine's own compiler away from the drawing thread. In: `{ ticket, xml }`. Out: `{ ticket, problems }` or `{ ticket, failed }`. */
import { compile } from '../engine/index.ts';

interface Question {
  readonly ticket: number;
  readonly xml: string;
}

self.addEventListener('message', (event: MessageEvent<Question>) => {
  const { ticket, xml } = event.data;
  compile(xml)
    .then(({ problems }) => self.postMessage({ ticket, problems }))
    .catch((error: unknown) => self.postMessage({ ticket, failed: error instanceof Error ? error.message : String(error) }));
});
