import { Router } from 'express';
import type { RequestHandler } from 'express';

interface Addressed {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
}

/**
 * Many routes, few of them asked for each request: Express tries one address after the other, so they stand in a router per beginning (`/v2/user-tasks`).
 * Those that begin otherwise (a parameter among the first two words) are tried after them. Addresses count without regard to case, as Express has it.
 */
export function byAddress<T extends Addressed>(routes: readonly T[], handlerOf: (route: T) => RequestHandler): RequestHandler {
  const routers = new Map<string, Router>();
  const rest = Router();
  for (const route of routes) {
    const beginning = beginningOf(route.path);
    const router = /[:*{(]/.test(beginning) ? rest : (routers.get(beginning) ?? Router());
    if (router !== rest) routers.set(beginning, router);
    router[route.method](route.path, handlerOf(route));
  }
  return (request, response, next) => {
    const router = routers.get(beginningOf(request.path));
    if (router === undefined) rest(request, response, next);
    else router(request, response, (error?: unknown) => (error === undefined ? rest(request, response, next) : next(error)));
  };
}

/** the first two words; a slash at the end counts for nothing, as Express has it */
function beginningOf(path: string): string {
  return (/^\/[^/]*(?:\/[^/]+)?/.exec(path)?.[0] ?? path).toLowerCase();
}
