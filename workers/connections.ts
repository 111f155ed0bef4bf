/** Where each agency's system is: from the environment, else from the sandbox. Never from a model or a variable, so no diagram can aim a call elsewhere. */

export interface Connection {
  /** base URL without trailing slash; may have a path */
  readonly url: string;
  /** sent as bearer token; never logged */
  readonly token?: string;
}

/**
 * `ALUR_AGENCY_<ID>_URL` and `ALUR_AGENCY_<ID>_TOKEN`; the id in capitals, `-` as `_`.
 * `fallback`: agency → base URL, e.g. of the sandboxes. Throws for a URL that is not http(s).
 */
export function readConnections(
  env: Readonly<Record<string, string | undefined>>,
  fallback: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, Connection> {
  const connections = new Map<string, Connection>();
  for (const [agency, url] of fallback) connections.set(agency, { url });
  for (const [name, value] of Object.entries(env)) {
    const id = /^ALUR_AGENCY_([A-Z0-9_]+)_URL$/.exec(name)?.[1];
    if (id === undefined || !value) continue;
    if (!/^https?:$/.test(protocolOf(value))) throw new Error(`Expected ${name} to be an http or https URL, but it is not`);
    const token = env[`ALUR_AGENCY_${id}_TOKEN`];
    connections.set(id.toLowerCase().replaceAll('_', '-'), { url: value.replace(/\/+$/, ''), ...(token ? { token } : {}) });
  }
  return connections;
}

const protocolOf = (url: string): string => URL.parse(url)?.protocol ?? '';
