/** The built browser apps: four pages, each with addresses of its own inside. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import type { RequestHandler, Response } from 'express';

const apps = ['inbox', 'modeler', 'console'] as const;
const YEAR = 31_536_000;

const missing = `<!doctype html><html lang="id"><meta charset="utf-8"><title>Alur</title>
<p>Halaman belum dibangun. Jalankan <code>npm run build</code>, lalu muat ulang. API sudah berjalan.</p>
<p lang="en">The pages have not been built yet. Run <code>npm run build</code>, then reload. The API is running.</p></html>`;

/** Files of the build (those with a hash in their name may be kept for ever), and for every other address the page of its app. */
export function pages(folder: string | undefined): RequestHandler {
  const router = express.Router();
  if (folder !== undefined) router.use(express.static(folder, { index: false, redirect: false, etag: true, setHeaders: cacheHeaders }));
  router.use((request, response, next) => {
    if (!['GET', 'HEAD'].includes(request.method) || /\.\w{1,8}$/.test(request.path)) return notFound(response);
    const file = folder === undefined ? undefined : pageOf(folder, request.path);
    if (file === undefined) return void response.status(503).type('html').set('cache-control', 'no-store').send(missing);
    response.sendFile(file, { headers: { 'cache-control': 'no-cache' }, etag: true, dotfiles: 'allow' }, (error) =>
      error ? next(error) : undefined,
    );
  });
  return router;
}

function notFound(response: Response): void {
  response.status(404).type('application/problem+json');
  response.send(
    JSON.stringify({
      type: 'about:blank',
      title: 'NO_SUCH_ROUTE',
      status: 404,
      detail: 'Expected an address that exists, but there is none',
    }),
  );
}

function cacheHeaders(response: { setHeader(name: string, value: string): void }, path: string): void {
  response.setHeader('cache-control', /-[\w-]{8}\.\w+$/.test(path) ? `public, max-age=${YEAR}, immutable` : 'no-cache');
}

/** The build may put an app's page in its folder, the portal's at the top or in its own. */
function pageOf(folder: string, path: string): string | undefined {
  const app = apps.find((name) => path === `/${name}` || path.startsWith(`/${name}/`));
  const candidates =
    app === undefined ? [join(folder, 'index.html'), join(folder, 'portal', 'index.html')] : [join(folder, app, 'index.html')];
  return candidates.find((file) => existsSync(file));
}
