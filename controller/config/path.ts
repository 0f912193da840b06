/** Values deep inside of a tree of sections. */
export type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const at = (tree: Tree, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    tree,
  );

/** Sets a value, with the sections above it; `undefined` takes one away and makes none. */
export function put(tree: Tree, path: readonly string[], value: unknown): void {
  if (value === undefined && at(tree, path) === undefined) return;
  const keys = [...path];
  const last = keys.pop() as string;
  let section = tree;
  for (const key of keys) {
    if (!isTree(section[key])) section[key] = {};
    section = section[key] as Tree;
  }
  if (value === undefined) delete section[last];
  else section[last] = value;
}
