/** RFC 6749 §4.4: client credentials for a token. Answers are the RFC's, not problem documents: the clients' libraries read those. */
import { z } from 'zod';
import { audit } from '../audit.ts';
import { TOKEN_LIFE, machineReader } from '../identity/machines.ts';
import { anyone } from '../policy.ts';
import { nobody } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

const part = z.string().max(200);
const form = z.object({ grant_type: part, client_id: part.optional(), client_secret: part.optional() });

async function token(asked: Asked): Promise<Reply> {
  const parsed = form.safeParse(asked.body);
  if (!parsed.success)
    return refusal(400, 'invalid_request', 'Expected the form fields grant_type, client_id and client_secret, once each');
  if (parsed.data.grant_type !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', 'Expected grant_type client_credentials, but it is another');
  const { client_id: id = '', client_secret: secret = '' } = inHeader(asked.header('authorization')) ?? parsed.data;
  const { context } = asked;
  const row = await context.machines.check(id, secret);
  if (row === undefined) {
    // names that nobody has are not written down: strangers must not fill the audit
    if (await context.machines.knows(id))
      await audit(context, nobody, { action: 'sign-in', subject: `client ${id}`, outcome: 'denied', reason: 'wrong secret' });
    return refusal(401, 'invalid_client', 'Expected a client and its secret, but they do not fit');
  }
  await audit(context, machineReader(row), { action: 'sign-in', subject: 'client', outcome: 'done' });
  const body = { access_token: await context.machines.issue(row), token_type: 'Bearer', expires_in: TOKEN_LIFE };
  return { ...ok(body), headers: { pragma: 'no-cache' } };
}

/** `client_secret_basic` (§2.3.1): both parts form-encoded before they are put together */
function inHeader(authorization: string | undefined): { readonly client_id: string; readonly client_secret: string } | undefined {
  const match = /^basic\s+(\S+)$/i.exec(authorization ?? '');
  if (match === null) return undefined;
  const [id = '', ...rest] = Buffer.from(String(match[1]), 'base64').toString().split(':');
  return { client_id: decoded(id), client_secret: decoded(rest.join(':')) };
}

function decoded(text: string): string {
  return new URLSearchParams(`x=${text}`).get('x') ?? '';
}

function refusal(status: number, error: string, description: string): Reply {
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Basic realm="alur"' } : {};
  return { status, body: { error, error_description: description }, headers };
}

/** Public keys that we prove ourselves with to identity providers, for them to read. */
function publicKeys({ context }: Asked): Reply {
  return ok({ keys: context.issuers.providers.flatMap(({ clientKey }) => (clientKey === undefined ? [] : [clientKey.publicJwk])) });
}

export const tokenRoutes: readonly Route[] = [
  { method: 'get', path: '/oauth/jwks', allow: anyone, handler: publicKeys },
  {
    method: 'post',
    path: '/oauth/token',
    allow: anyone,
    reads: 'form',
    summary: 'A token for a machine client (client credentials)',
    handler: token,
  },
];
