/**
 * Other sites' pages must not act with our people's cookies (CSRF), nor reach an open /v2 on somebody's own machine (DNS rebinding).
 * Programs send no Origin; browsers always do with requests that change something.
 */
import type { Request } from 'express';
import type { ServerConfig } from './context.ts';
import { Problem } from './problem.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export function refuseForeignOrigin(request: Request, config: ServerConfig): void {
  const host = request.headers.host ?? '';
  if (config.auth === 'none' && !LOOPBACK.test(host))
    throw new Problem('FOREIGN_ORIGIN', 'Expected this machine to be addressed by a loopback name, but it was not');
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const own = origin === undefined ? site === undefined || site === 'same-origin' || site === 'none' : isOwn(origin, host, config);
  if (!own) throw new Problem('FOREIGN_ORIGIN', 'Expected a request from our own pages, but it came from elsewhere');
}

function isOwn(origin: string, host: string, config: ServerConfig): boolean {
  if (origin === new URL(config.publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
