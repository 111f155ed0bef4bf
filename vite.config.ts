/**
 * Four browser apps, one build: portal at /, inbox at /inbox/, modeler at /modeler/, console at /console/.
 * `dist/<app>/index.html` is each app's page, `dist/assets/` is shared. In development every /api and /v2 call goes to the server on :8080.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;
export const apps = ['portal', 'inbox', 'modeler', 'console'] as const;
const pages = apps.filter((app) => existsSync(join(root, app, 'index.html')));
const backend = process.env['ALUR_BACKEND'] ?? 'http://127.0.0.1:8080';

/** The app whose page answers this address: what has no app name in front and no file ending belongs to the portal. */
function pageOf(address: string): string | undefined {
  const path = address.split('?')[0] ?? '/';
  if (/^\/(@|node_modules\/|ui\/|engine\/|assets\/)/.test(path) || /\.[a-z0-9]+$/i.test(path)) return undefined;
  const first = path.split('/')[1] ?? '';
  return pages.find((app) => app === first) ?? 'portal';
}

/** Deep links such as /console/instances/12 open the app's page during development, as the server does it from `dist`. */
function openAppPages(): Plugin {
  return {
    name: 'alur-app-pages',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const app = request.headers.accept?.includes('text/html') ? pageOf(request.url ?? '/') : undefined;
        if (app) request.url = `/${app}/index.html`;
        next();
      });
    },
  };
}

export default defineConfig({
  root,
  appType: 'mpa',
  publicDir: join(root, 'ui/public'),
  plugins: [react(), openAppPages()],
  worker: { format: 'es' },
  server: { host: '127.0.0.1', proxy: { '/api': backend, '/v2': backend } },
  build: {
    outDir: join(root, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    rollupOptions: { input: Object.fromEntries(pages.map((app) => [app, join(root, app, 'index.html')])) },
  },
});
