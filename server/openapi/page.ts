/** The interface document as one page for people: no script, nothing from outside, so there is nothing that a policy would have to allow. */

type Shape = Readonly<Record<string, unknown>>;
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
}

export function pageOf(document: Shape, address: string): string {
  const { title, version, description } = document['info'] as Readonly<Record<'title' | 'version' | 'description', string>>;
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(all, ({ operation }) => operation.tags?.[0] ?? '');
  const links = [...groups.keys()].map((tag) => `<li><a href="#${escaped(tag)}">${escaped(tag)}</a></li>`).join('');
  const sections = [...groups].map(
    ([tag, some]) =>
      `<section id="${escaped(tag)}"><h2>${escaped(tag)}</h2>${some.map(({ path, method, operation }) => shown(path, method, operation)).join('')}</section>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head><body><header><h1>${escaped(title)} <small>${escaped(version)}</small></h1>
<p>${escaped(description)}</p><p><a href="${escaped(address)}">The document for programs (OpenAPI 3.1)</a> · ${all.length} operations</p></header>
<nav aria-label="Groups"><ul>${links}</ul></nav><main>${sections.join('')}</main></body></html>`;
}

function shown(path: string, method: string, { summary = '', description = '', parameters = [], requestBody }: Operation): string {
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<h3>Body: ${escaped(type)}</h3><pre tabindex="0">${escaped(JSON.stringify(schema ?? {}, null, 2))}</pre>`,
  );
  const named = parameters.map(({ name, in: place }) => `<li><code>${escaped(name)}</code> (${escaped(place)})</li>`).join('');
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${breakable(path)}</code></summary>
<p>${escaped(summary)}</p><p>${escaped(description)}</p>${named === '' ? '' : `<ul>${named}</ul>`}${bodies.join('')}</details>`;
}

/** long addresses break at their slashes on a narrow screen */
function breakable(path: string): string {
  return escaped(path).replaceAll('/', '/<wbr>');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const style = `:root{color-scheme:light dark}*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem}
h1{font-size:1.5rem}small{font-weight:normal;opacity:.75}nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0}nav a{display:inline-block;padding:.25rem 0}
details{border:1px solid #8886;border-radius:.5rem;margin:.5rem 0;padding:0 .75rem}summary{cursor:pointer;padding:.6rem 0;overflow-wrap:anywhere}
summary b{display:inline-block;min-width:4.5rem}pre{overflow:auto;max-height:24rem;padding:.75rem;border:1px solid #8886;border-radius:.5rem;font-size:.85rem}h3{font-size:1rem}
:focus-visible{outline:3px solid #1a73e8;outline-offset:2px}`;
