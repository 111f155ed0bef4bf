/**
 * A runtime that works off one long case and kills itself at a commit of that case. Arguments: folder, `before` | `after` that commit, and
 * `on` when the case is there already (else one is started).
 */
import { openRuntime } from '../../runtime/open.ts';
import { openSqliteStore } from '../../runtime/stores/sqlite.ts';
import { beginLongCase } from './long-case.ts';

const [folder = '', dies, known] = process.argv.slice(2);
const inner = openSqliteStore(`${folder}/alur.sqlite`);
const die = (): void => void process.kill(process.pid, 'SIGKILL');
const store: typeof inner = {
  ...inner,
  commit: async (commit) => {
    if (dies === 'before') die();
    const result = await inner.commit(commit);
    die();
    return result;
  },
};
const config = { databaseUrl: `file:${folder}/alur.sqlite`, data: folder, queue: 'in-process', clock: 'real' } as const;
const runtime = await openRuntime({ config, instead: { store }, sweepMs: 200 });
if (known === undefined) await beginLongCase(runtime);
