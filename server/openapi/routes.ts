import { anyone } from '../policy.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Route } from '../route.ts';
import { documentOf } from './document.ts';
import type { About } from './document.ts';
import { pageOf } from './page.ts';

const abouts: readonly About[] = [
  {
    title: 'Alur: Orchestration Cluster API',
    version: '8.9.0',
    prefix: '/v2',
    description:
      'Names and shapes as clients of the Orchestration Cluster REST API v2 expect them; the implementation and this document are our own. What is not listed answers 501.',
  },
  {
    title: 'Alur: product API',
    version: '1.0.0',
    prefix: '/api/v1',
    description: 'What the interface of /v2 has no word for: agencies, applications, tracking, drafts, rehearsal.',
  },
  {
    title: 'Alur: GovStack Workflow Building Block API',
    version: '1.0.0',
    prefix: '/govstack',
    description: 'The nine operations of the building block, over the same cases. Deviations: docs/api.md.',
  },
];

/** The documents tell of all routes, themselves among them: `all` is asked when somebody reads one. */
export function interfaceRoutes(all: () => readonly Route[]): readonly Route[] {
  return abouts.flatMap((about): readonly Route[] => {
    let kept: { readonly document: Readonly<Record<string, unknown>>; readonly page: string } | undefined;
    const address = `${about.prefix}/openapi.json` as const;
    const made = () => {
      if (kept !== undefined) return kept;
      const document = documentOf(all(), about);
      return (kept = { document, page: pageOf(document, address) });
    };
    return [
      { method: 'get', path: address, allow: anyone, summary: 'This document', handler: () => ok(made().document) },
      {
        method: 'get',
        path: `${about.prefix}/docs`,
        allow: anyone,
        summary: 'This document, for people',
        handler: () => html(made().page),
      },
    ];
  });
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function html(text: string): Reply {
  return { status: 200, text, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy } };
}
