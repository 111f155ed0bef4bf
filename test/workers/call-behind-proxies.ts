/** One call in a process whose environment names proxies for everything: `node call-behind-proxies.ts <url>`; prints what came of it. */
import { callerOf, jobFor } from './agency-support.ts';

const [url = ''] = process.argv.slice(2);
const operation = { operationId: 'look', responses: { 200: { content: { 'application/json': { schema: {} } } } } };
const document = { openapi: '3.1.0', info: {}, paths: { '/look': { get: operation } } };
const caller = callerOf({ kind: 'openapi', hash: '1', document }, { url }, ['127.0.0.0/8']);
const answer = await caller.handler(jobFor('look'), new AbortController().signal).catch((error: Error) => error.message);
process.stdout.write(JSON.stringify(answer));
await caller.close();
