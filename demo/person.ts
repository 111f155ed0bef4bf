/** Somebody at a browser, without the browser: signs in and speaks HTTP with the public interface only. */

export interface Reply<T> {
  readonly status: number;
  readonly body: T;
}

export class Person {
  readonly username: string;
  readonly name: string;
  readonly #url: string;
  readonly #password: string;
  #cookie = '';

  constructor(url: string, { username, name, password }: { readonly username: string; readonly name: string; readonly password: string }) {
    this.#url = url;
    this.username = username;
    this.name = name;
    this.#password = password;
  }

  async signIn(): Promise<void> {
    const response = await this.#fetch('POST', '/api/v1/session', { username: this.username, password: this.#password });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Expected ${this.username} to sign in, but the answer was ${response.status}`);
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#ask<T>('GET', path)).body;
  }

  /** Throws with the problem's sentence unless the answer is 2xx, or one of `also`. */
  async send<T>(
    method: 'POST' | 'PUT',
    path: string,
    { body, key, also = [] }: { readonly body: unknown; readonly key?: string; readonly also?: readonly number[] },
  ): Promise<Reply<T>> {
    return this.#ask<T>(method, path, { body, also, ...(key === undefined ? {} : { key }) });
  }

  async bytes(path: string): Promise<Uint8Array> {
    const response = await this.#fetch('GET', path);
    if (!response.ok) throw new Error(`Expected the document, but the answer was ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async #ask<T>(
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly key?: string; readonly also?: readonly number[] } = {},
  ): Promise<Reply<T>> {
    if (this.#cookie === '') await this.signIn();
    const response = await this.#fetch(method, path, options.body, options.key);
    const text = await response.text();
    const body = (text === '' ? null : JSON.parse(text)) as T;
    if (response.ok || options.also?.includes(response.status)) return { status: response.status, body };
    const { detail, errors } = body as { detail?: string; errors?: unknown };
    throw new Error(`${method} ${path} answered ${response.status}: ${detail ?? ''} ${errors === undefined ? '' : JSON.stringify(errors)}`);
  }

  #fetch(method: string, path: string, body?: unknown, key?: string): Promise<Response> {
    const headers: Record<string, string> = { origin: this.#url };
    if (this.#cookie !== '') headers['cookie'] = this.#cookie;
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key !== undefined) headers['idempotency-key'] = key;
    return fetch(this.#url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }
}
