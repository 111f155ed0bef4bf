/** Every address of the server. Order matters only where a fixed word stands where another route has a key. */
import { sessionRoutes } from './api/session.ts';
import { healthRoutes } from './api/health.ts';
import type { Route } from './route.ts';

export const routes: readonly Route[] = [...healthRoutes, ...sessionRoutes];
