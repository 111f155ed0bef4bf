import type { Path } from './schema.ts';

export { pathOf, pointerOf, valueAt, withValueAt } from '../../forms/paths.ts';

/** The id of the control that answers this path, so that error links can jump to it. */
export function fieldId(prefix: string, path: Path): string {
  return `${prefix}-${path.join('-').replace(/[^\w-]/g, '_')}`;
}
