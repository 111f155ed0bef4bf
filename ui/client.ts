/**
 * How the browser apps talk to the server. A refused request becomes a `ProblemError` with words for a person;
 * an expired session asks for a new sign-in on top of the page (nothing typed is lost) and then repeats the request once.
 */
import i18next from 'i18next';
import { acting } from './acting.ts';

export interface FieldProblem {
  /** JSON pointer into the body, e.g. `/variables/nik` */
  readonly pointer: string;
  readonly code?: string;
  readonly detail: string;
}
/** RFC 9457, as the server sends it. */
export interface Problem {
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  /** refused diagrams: what is wrong at which element */
  readonly problems?: readonly unknown[];
  /** tries that are left */
  readonly left?: number;
}

export class ProblemError extends Error {
  readonly status: number;
  /** error code, e.g. `NOT_FOUND`, `SIGN_IN_FAILED`; `NETWORK` when no answer came */
  readonly code: string;
  readonly problem: Problem;
  constructor(status: number, problem: Problem) {
    super(wordsFor(status, problem));
    this.name = 'ProblemError';
    this.status = status;
    this.code = problem.title ?? String(status);
    this.problem = problem;
  }
}

/** Plain words for the code or status in the reader's language; the server's own sentence stays in `problem.detail`. */
function wordsFor(status: number, problem: Problem): string {
  const keys = [`ui:problem.${problem.title ?? ''}`, `ui:problem.${status}`, status >= 500 ? 'ui:problem.500' : 'ui:problem.other'];
  return i18next.t(keys, { detail: problem.detail ?? '' });
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** sent as JSON; a FormData goes as multipart */
  readonly body?: unknown;
  /** the same key twice creates only once */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** a 401 is an answer here, not a reason to ask for sign-in */
  readonly anonymous?: boolean;
}

/** milliseconds without a touch of keyboard or pointer after which the page asks by itself, for nobody */
const AWAY_AFTER = 60_000;
let touchedAt = Date.now();
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
  globalThis.addEventListener?.(kind, () => (touchedAt = Date.now()), { passive: true, capture: true });
const isAway = (): boolean => Date.now() - touchedAt > AWAY_AFTER;

let usedAt = 0;
/** when the server last answered this page as somebody's; milliseconds since 1970 UTC on this machine's clock */
export const lastUse = (): number => usedAt;

type SignInAgain = () => Promise<boolean>;
let signInAgain: SignInAgain | undefined;

/** The session tells the client how to ask for a new sign-in. */
export function onSessionExpired(ask: SignInAgain | undefined): void {
  signInAgain = ask;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function prepare(options: RequestOptions): RequestInit {
  const headers = new Headers({ accept: 'application/json' });
  if (options.idempotencyKey) headers.set('idempotency-key', options.idempotencyKey);
  // live updates and clocks ask too: they must not keep a session alive that nobody uses
  if (isAway()) headers.set('x-alur-away', '1');
  const absent = acting()?.absent;
  if (absent !== undefined) headers.set('x-alur-on-behalf-of', absent);
  const multipart = options.body instanceof FormData;
  if (options.body !== undefined && !multipart) headers.set('content-type', 'application/json');
  return {
    method: options.method ?? 'GET',
    headers,
    credentials: 'same-origin',
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.body === undefined ? {} : { body: multipart ? (options.body as FormData) : JSON.stringify(options.body) }),
  };
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(path, prepare(options));
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ProblemError(0, { title: 'NETWORK' });
  }
}

async function answer(path: string, options: RequestOptions): Promise<Response> {
  let response = await send(path, options);
  if (response.status === 401 && !options.anonymous && signInAgain && (await signInAgain())) response = await send(path, options);
  if (!response.ok) throw new ProblemError(response.status, await readProblem(response));
  if (!isAway()) usedAt = Date.now();
  return response;
}

/** One call to the server. Resolves with the JSON answer (undefined for 204); rejects with `ProblemError`. The caller names the shape (docs/api.md). */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await answer(path, options);
  const text = response.status === 204 ? '' : await response.text();
  return (text ? JSON.parse(text) : undefined) as Answer;
}

/** As `request`, for answers that are not JSON (a diagram's XML). */
export async function requestText(path: string, options: RequestOptions = {}): Promise<string> {
  return (await answer(path, options)).text();
}

/** A new idempotency key. Make it when a form is opened, not when it is sent, so that a second press is the same request. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

/** A search of `/v2/<things>/search`. */
export interface SearchAnswer<Item> {
  readonly items: readonly Item[];
  readonly page: { readonly totalItems: number; readonly endCursor?: string | null; readonly startCursor?: string | null };
}
export function search<Item>(things: string, query: object): Promise<SearchAnswer<Item>> {
  return request<SearchAnswer<Item>>(`/v2/${things}/search`, { method: 'POST', body: query });
}
