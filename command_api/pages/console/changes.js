// What differs between two states.

/**
 * Flattens data: each place that holds no object and no list, and what it holds.
 * @param {any} value
 * @param {string} [path]
 * @returns {[string, any][]}
 */
export function leaves(value, path = "") {
  const isTree = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isTree) return [[path, value]];
  return Object.entries(value).flatMap(([name, one]) => leaves(one, path ? `${path}.${name}` : name));
}

/**
 * Tells place by place what differs; an undefined side means that the place is not there.
 * @param {any} before
 * @param {any} after
 * @returns {{path: string, before: any, after: any}[]}
 */
export function changes(before, after) {
  const old = new Map(before === undefined ? [] : leaves(before));
  const now = new Map(leaves(after));
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}
