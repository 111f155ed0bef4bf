/** The HTTP server's assembly: security headers, then every route of the table through one adapter, then the pages, then 404. */
import { randomBytes } from 'node:crypto';
import express from 'express';
import type { Application, Request, Response } from 'express';
import helmet from 'helmet';
import type { Runtime } from '../runtime/runtime.ts';
import { adapt, answerProblem } from './adapt.ts';
import { Agencies } from './agencies.ts';
import type { Agency } from './agencies.ts';
import type { Context, Sandbox, ServerConfig } from './context.ts';
import { byAddress } from './by-address.ts';
import { Events } from './events.ts';
import { bearerOf } from './identity/bearer.ts';
import { createCodeCatcher } from './identity/code-catcher.ts';
import { createCodeFlow } from './identity/code-flow.ts';
import type { Contact } from './identity/contacts.ts';
import { Identities } from './identity/identities.ts';
import { Issuers } from './identity/issuers.ts';
import { Machines } from './identity/machines.ts';
import { OneTimeCodes } from './identity/one-time-codes.ts';
import type { SendCode } from './identity/one-time-codes.ts';
import type { Provider } from './identity/providers.ts';
import { createSealed } from './identity/sealed.ts';
import { operationsFrom } from './operations.ts';
import { pages } from './pages.ts';
import { Problem } from './problem.ts';
import type { Route } from './route.ts';
import { createRateLimits } from './rate-limits.ts';
import { routes } from './routes.ts';
import { Sessions } from './sessions.ts';
import { SignIns } from './sign-ins.ts';

export interface AppOptions {
  readonly runtime: Runtime;
  readonly config: ServerConfig;
  readonly agencies: readonly Agency[];
  readonly sandbox?: Sandbox;
  readonly rehearsals?: Context['rehearsals'];
  /** `processes/agencies`: interface documents of the agencies, for the modeler's lists */
  readonly agenciesFolder?: string;
  /** tells people of alerts */
  readonly carriers?: Context['carriers'];
  /** takes in agencies; absent: the register is read only */
  readonly registry?: Context['registry'];
  /** identity providers that programs bring tokens of, or people sign in with */
  readonly providers?: readonly Provider[];
  /** sends one-time codes; `catch`: nothing leaves the house, the browser that asked is shown its code. Absent: no codes */
  readonly codes?: { readonly send: SendCode; readonly channels: readonly Contact['channel'][] } | 'catch';
  /** folder with the built pages; absent: only the API is served */
  readonly pages?: string;
  /** what is served; default: everything */
  readonly routes?: readonly Route[];
  /** signs links to documents; the same in every process. Default: one of this process alone */
  readonly secret?: string;
  /** wall clock, for tests of sessions; default Date.now */
  readonly now?: () => number;
  readonly log?: Context['log'];
}

/** The application and `closeEvents`, which ends all open event streams so that the server can stop. */
export function createApp(options: AppOptions): Application & { readonly closeEvents: () => void } {
  const context = contextOf(options);
  const app = express();
  app.disable('x-powered-by');
  // whose word counts for where a call comes from
  app.set('trust proxy', context.config.proxies?.length ? context.config.proxies : false);
  app.use(helmet(securityHeaders(context.config)));
  app.use(
    (_request: Request, _response: Response, next: () => void) =>
      void context.agencies.freshen(context.runtime.store, context.now()).then(next, next),
  );
  const all = options.routes ?? routes;
  const shows = new Map(all.filter(({ method }) => method === 'get').map((route) => [route.path, route]));
  app.use(byAddress(all, (route) => adapt(route, context, shows.get(route.path))));
  app.use(['/v2', '/api', '/govstack', '/oauth', '/cluster'], (request: Request, response: Response) =>
    answerProblem(
      new Problem(
        'NO_SUCH_ROUTE',
        `Expected an address of the interface, but there is no ${request.method} ${request.baseUrl}${request.path}`.slice(0, 300),
      ),
      request,
      response,
    ),
  );
  app.use(pages(options.pages));
  // what Express itself refuses: addresses that are no valid text
  app.use((_error: unknown, request: Request, response: Response, _next: unknown) =>
    answerProblem(new Problem('INVALID_ARGUMENT', 'Expected a well-formed address, but it is not'), request, response),
  );
  return Object.assign(app, { closeEvents: () => context.events.close() });
}

function contextOf(options: AppOptions): Context {
  const { runtime, config, sandbox } = options;
  const now = options.now ?? Date.now;
  const secret = options.secret ?? randomBytes(32).toString('base64url');
  return {
    runtime,
    config,
    agencies: new Agencies(options.agencies),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(options.rehearsals === undefined ? {} : { rehearsals: options.rehearsals }),
    ...(options.registry === undefined ? {} : { registry: options.registry }),
    ...(options.carriers === undefined ? {} : { carriers: options.carriers }),
    operationsOf: operationsFrom(runtime.store, options.agenciesFolder),
    secret,
    sessions: new Sessions(runtime.store, { now, secure: config.publicUrl.startsWith('https:') }),
    signIns: new SignIns(runtime.store, now),
    ...identityOf({ ...options, runtime, secret, now }),
    events: new Events(runtime),
    ...withLimits(config),
    now,
    log: options.log ?? (() => undefined),
  };
}

function withLimits({ rateLimit = 0 }: ServerConfig): Pick<Context, 'limits'> {
  const limits = createRateLimits(rateLimit);
  return limits === undefined ? {} : { limits };
}

type Identity = Pick<Context, 'machines' | 'issuers' | 'bearer' | 'identities' | 'flow' | 'kept' | 'codes' | 'caughtCode'>;

function identityOf(parts: AppOptions & { readonly secret: string; readonly now: () => number }): Identity {
  const { runtime, config, secret, now, providers = [], codes: wanted } = parts;
  const machines = new Machines(runtime.store, { issuer: config.publicUrl, secret, now });
  const issuers = new Issuers(runtime.store, { providers, now });
  const sealed = (purpose: string) => createSealed(secret, { purpose, now });
  const catcher = wanted === 'catch' ? createCodeCatcher() : undefined;
  const sender = wanted === 'catch' ? { send: catcher?.send, channels: ['email', 'phone'] as const } : wanted;
  const codes =
    sender?.send && new OneTimeCodes({ store: runtime.store, secret, sealed: sealed('known browsers'), now, send: sender.send });
  return {
    machines,
    issuers,
    bearer: bearerOf(machines, issuers),
    identities: new Identities(runtime.store, now),
    flow: createCodeFlow({ issuers, sealed: sealed('signing in elsewhere'), publicUrl: config.publicUrl }),
    kept: sealed('rests in the store'),
    ...(codes === undefined ? {} : { codes: { codes, channels: sender?.channels ?? [] } }),
    ...(catcher === undefined ? {} : { caughtCode: catcher.caught }),
  };
}

function securityHeaders(config: ServerConfig): Parameters<typeof helmet>[0] {
  const secure = config.publicUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'same-origin' },
  };
}
