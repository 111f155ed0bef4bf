export interface Border {
  readonly rooms: readonly string[];
  /** names of packages; `node:.*` = all of Node's own */
  readonly packages: readonly string[] | 'any';
}
export const borders: Readonly<Record<string, Border>>;
export const roots: readonly string[];
export const engineCompiler: RegExp;
