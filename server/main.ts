/** `npm start`: runs Alur until it is told to stop, and says in plain lines what runs where. */
import { endWhenDead } from './end-when-dead.ts';
import { startAlur } from './start.ts';
import type { Alur } from './start.ts';

/** milliseconds; then it ends whatever still runs. The store is the truth: what was not finished is done again at the next start. */
const STOP_LIMIT = 15_000;

function describe({ url, config, runtime, accounts, client, sandboxes }: Alur): readonly string[] {
  const store = config.databaseUrl.startsWith('file:')
    ? `SQLite (${config.databaseUrl.slice('file:'.length)})`
    : config.databaseUrl === 'memory:'
      ? 'memory (nothing survives)'
      : 'MongoDB';
  const queue = runtime.queue.kind === 'bullmq' ? 'BullMQ on Redis' : 'in this process';
  const people = accounts.map(
    ({ username, name, agency, roles, realm }) =>
      `    ${username.padEnd(24)} ${name} (${realm === 'citizen' ? 'citizen' : `${roles.join(', ')}; ${agency ?? ''}`})`,
  );
  return [
    '',
    `Alur is running.`,
    `  Portal    ${url}/`,
    `  Inbox     ${url}/inbox/`,
    `  Modeler   ${url}/modeler/`,
    `  Console   ${url}/console/`,
    `  REST      ${url}/v2${config.auth === 'none' ? '  (open: ALUR_AUTH=none)' : ''}`,
    `  Store     ${store}`,
    `  Queue     ${queue}`,
    `  Roles     ${config.roles.join(', ')}`,
    ...(sandboxes === undefined ? [] : [`  Agencies  sandboxes: ${sandboxes.agencies.map(({ agencyId }) => agencyId).join(', ')}`]),
    ...(client === undefined
      ? []
      : [
          `  Programs  CAMUNDA_OAUTH_URL=${url}/oauth/token CAMUNDA_CLIENT_ID=${client.clientId} CAMUNDA_CLIENT_SECRET=${client.clientSecret}`,
        ]),
    ...(accounts.length === 0 ? [] : [`  Accounts  password of all: ${accounts[0]?.password ?? ''}`, ...people]),
    '',
  ];
}

function die(): void {
  process.stderr.write('Expected this process to be alive, but it is not (see /livez): it ends, so that it can be started again.\n');
  process.exit(1);
}

try {
  const alur = await startAlur(process.env);
  endWhenDead({ alive: alur.runtime.alive, dead: die });
  process.stdout.write(describe(alur).join('\n'));
  const stop = (): void => {
    process.stdout.write('Stopping.\n');
    setTimeout(() => process.exit(1), STOP_LIMIT).unref();
    alur.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Expected to stop cleanly, but: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
