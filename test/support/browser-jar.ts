/** As much of a browser as signing in needs: it keeps cookies per origin, follows redirects, fills in forms. */
export interface Jar {
  /** the last answer, after all redirects */
  go(url: string, form?: Readonly<Record<string, string>>): Promise<Visit>;
  cookies(origin: string): string;
  set(origin: string, cookie: string): void;
}

export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  /** every address on the way */
  readonly way: readonly string[];
}

const MOST_HOPS = 20;

export function createJar(): Jar {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => jars.get(origin) ?? (jars.set(origin, new Map()), jars.get(origin) ?? new Map<string, string>());
  const cookies = (origin: string): string => [...jarOf(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
  const keep = (origin: string, line: string): void => {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jarOf(origin).delete(pair.slice(0, at));
    else jarOf(origin).set(pair.slice(0, at), pair.slice(at + 1));
  };
  return {
    cookies,
    set: keep,
    async go(first, form) {
      const way: string[] = [];
      let [url, body] = [first, form && new URLSearchParams(form)];
      for (let hop = 0; hop < MOST_HOPS; hop += 1) {
        const { origin } = new URL(url);
        way.push(url);
        const headers = { cookie: cookies(origin) };
        const answer = await fetch(url, { redirect: 'manual', headers, ...(body ? { method: 'POST', body } : {}) });
        for (const line of answer.headers.getSetCookie()) keep(origin, line);
        const next = answer.headers.get('location');
        if (answer.status < 300 || answer.status >= 400 || next === null)
          return { url, status: answer.status, text: await answer.text(), way };
        [url, body] = [new URL(next, url).href, undefined];
      }
      throw new Error(`Expected at most ${MOST_HOPS} redirects, but there are more: ${way.join(' ')}`);
    },
  };
}
