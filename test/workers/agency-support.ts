/** A server on loopback in the place of an agency, and a call to it with any contract and connection. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFeel } from '../../runtime/feel.ts';
import { createAgencyCall, type AgencyCall } from '../../workers/agency-call.ts';
import type { Connection } from '../../workers/connections.ts';
import type { Contract } from '../../workers/directory.ts';
import type { Exchange } from '../../workers/exchange.ts';
import type { Job } from '../../workers/job.ts';

export interface Hit {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandIn {
  readonly url: string;
  readonly hits: Hit[];
  close(): Promise<void>;
}

export async function standIn(answer: (hit: Hit, response: ServerResponse) => void): Promise<StandIn> {
  const hits: Hit[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const hit = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      hits.push(hit);
      answer(hit, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

export interface Caller extends AgencyCall {
  readonly exchanges: Exchange[];
}

export function callerOf(contract: Contract, connection: Connection, allowedNetworks?: readonly string[]): Caller {
  const exchanges: Exchange[] = [];
  const call = createAgencyCall({
    directory: {
      connectionOf: (id) => Promise.resolve(id === 'agency' ? connection : undefined),
      contractOf: () => Promise.resolve(contract),
    },
    ...(allowedNetworks === undefined ? {} : { allowedNetworks }),
    evaluate: createFeel('Asia/Jakarta', Date.now),
    record: (exchange) => (exchanges.push(exchange), Promise.resolve()),
    now: Date.now,
  });
  return { ...call, exchanges };
}

export const jobFor = (operation: string, given: Partial<Job> = {}): Job => ({
  key: '4711',
  type: 'agency-call',
  processInstanceKey: '12',
  processDefinitionId: 'permit',
  elementId: 'check',
  businessId: 'PBG-2026-000001',
  variables: {},
  retries: 3,
  attempt: 1,
  ...given,
  headers: { agency: 'agency', operation, ...given.headers },
});

export const json = (response: ServerResponse, value: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
