export const SECRET = 'a-secret-of-the-city-for-tests-only';

export type Order =
  | { readonly what: 'tell'; readonly login: string; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly what: 'serve'; readonly base: string };
