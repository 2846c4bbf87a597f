/** `$NAME` and `${NAME}`; `$$` is a dollar sign. */
const VARIABLE = /\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*)\}?)/g;

/**
 * The variables that a text takes in.
 */
export function variablesIn(text: string): string[] {
  const names = [...text.matchAll(VARIABLE)].map(([, name]) => name);
  return [...new Set(names.filter((name) => name !== undefined))];
}
