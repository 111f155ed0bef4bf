/** Every error code that the HTTP interface can answer with: its status, and the sentence that docs and translators start from. */
export const problemCodes = {
  INVALID_ARGUMENT: { status: 400, means: 'The request is not shaped as this call expects.' },
  MALFORMED_JSON: { status: 400, means: 'The body is not JSON.' },
  UNKNOWN_FIELD: { status: 400, means: 'The request names a field that this call does not know.' },
  INVALID_RESOURCE: { status: 400, means: 'The diagram, decision or form cannot be deployed; `problems` says where and what to do.' },
  UNAUTHENTICATED: { status: 401, means: 'Nobody is signed in.' },
  SESSION_EXPIRED: { status: 401, means: 'The session has ended. Sign in again.' },
  SIGN_IN_FAILED: { status: 401, means: 'User name and password do not fit.' },
  FORBIDDEN: { status: 403, means: 'The signed-in person may not do this.' },
  FOREIGN_ORIGIN: { status: 403, means: 'The request came from a page of another site.' },
  NOT_FOUND: { status: 404, means: 'There is no such thing, or it is not for this reader.' },
  NO_SUCH_ROUTE: { status: 404, means: 'There is no such address.' },
  ALREADY_EXISTS: { status: 409, means: 'It is there already.' },
  INVALID_STATE: { status: 409, means: 'It is no longer, or not yet, in a state that allows this.' },
  BODY_TOO_LARGE: { status: 413, means: 'The request is larger than this call accepts.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, means: 'The body is of a kind that this call does not read.' },
  FORM_INVALID: { status: 422, means: 'Some answers of the form are missing or wrong; `errors` names them.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, means: 'The same Idempotency-Key came with another body before.' },
  TOO_MANY_ATTEMPTS: { status: 429, means: 'Too many attempts. Wait as long as Retry-After says.' },
  INTERNAL_ERROR: { status: 500, means: 'Our fault. Nothing was changed.' },
  NOT_IMPLEMENTED: { status: 501, means: 'This call exists in the interface that we follow, but is not served here.' },
  RESOURCE_EXHAUSTED: { status: 503, means: 'Too busy right now. Try again after Retry-After.' },
  NOT_READY: { status: 503, means: 'The store or the queue does not answer.' },
  TIMED_OUT: { status: 504, means: 'It did not end within the time that the request allowed; it goes on.' },
} as const satisfies Record<string, { readonly status: number; readonly means: string }>;

export type ProblemCode = keyof typeof problemCodes;
