/** Models that may use each other: each is compiled after those that it uses. */
import { unflatten } from '../compile/flat.ts';
import type { FlatTree } from '../compile/flat.ts';
import { compileModel } from './compile-decisions.ts';
import type { Decisions } from './graph.ts';
import { importsIn } from './imports.ts';
import type { ImportWanted } from './imports.ts';
import type { DecisionProblem } from './problem.ts';
import { childrenOf, readModel, textOf } from './read-model.ts';

export interface ReadModel {
  /** of the file, e.g. `fees.dmn` */
  readonly name: string;
  readonly tree: FlatTree;
}

export type Made = Decisions | { readonly ok: false; readonly problems: readonly DecisionProblem[] };

interface Head {
  readonly at: number;
  readonly name: string;
  readonly namespace: string;
  readonly ids: ReadonlySet<string>;
}

/**
 * In the order of `models`. What none of them is, is looked for `elsewhere`. Models with one namespace are told apart by where the import says
 * that its model is, and by the ids that are referred to.
 */
export function compileTogether(
  models: readonly ReadModel[],
  options: { readonly lenient?: boolean; readonly elsewhere?: (wanted: ImportWanted) => Decisions | undefined } = {},
): readonly Made[] {
  const heads = models.map(headOf);
  const made: (Made | 'open' | undefined)[] = models.map(() => undefined);
  const compile = (at: number): Made => {
    const done = made[at];
    if (done !== undefined && done !== 'open') return done;
    made[at] = 'open';
    const { lenient = false, elsewhere } = options;
    const imported = (wanted: ImportWanted): Decisions | 'circle' | undefined => {
      const beside = fitting(
        wanted,
        heads.filter((head) => head.at !== at),
      );
      if (beside && made[beside.at] === 'open') return 'circle';
      const found = beside === undefined ? elsewhere?.(wanted) : compile(beside.at);
      return found?.ok === true ? found : undefined;
    };
    const { tree } = models[at] as ReadModel;
    return (made[at] = compileModel(tree, { lenient, imported }));
  };
  return models.map((_model, at) => compile(at));
}

function headOf({ name, tree }: ReadModel, at: number): Head {
  const root = unflatten(tree);
  const ids = childrenOf(root, 'drgElement').map((element) => textOf(element, 'id') ?? '');
  return { at, name, namespace: textOf(root, 'namespace') ?? '', ids: new Set(ids) };
}

/** The best of several that an import may mean; undefined when none has all that is referred to. */
export function fitting<T extends { readonly name: string; readonly namespace: string; readonly ids: ReadonlySet<string> }>(
  { namespace, ids, locationURI }: ImportWanted,
  candidates: readonly T[],
): T | undefined {
  const possible = candidates.filter((one) => one.namespace === namespace && ids.every((id) => one.ids.has(id)));
  const file = locationURI?.split(/[\\/]/).at(-1);
  return possible.find(({ name }) => file !== undefined && name.split(/[\\/]/).at(-1) === file) ?? possible.at(-1);
}

/** As `compileTogether`, from the text of the files. */
export async function compileFiles(
  files: readonly { readonly name: string; readonly xml: string }[],
  lenient = false,
): Promise<readonly Made[]> {
  const read = await Promise.all(files.map(async ({ xml }) => await readModel(xml, lenient)));
  const models = files.flatMap(({ name }, at) => {
    const found = read[at];
    return found?.ok ? [{ name, tree: found.tree }] : [];
  });
  const made = [...compileTogether(models, { lenient })];
  return read.map((found) => (found.ok ? (made.shift() as Made) : { ok: false, problems: [found.problem] }));
}

/** Does the model use others? Then it can be compiled only where those are known. */
export function usesOthers(tree: FlatTree): boolean {
  return importsIn(unflatten(tree)).length > 0;
}
