const FACTORS = new Map([
  ['n', 1e-9], ['u', 1e-6], ['m', 1e-3], ['', 1], ['k', 1e3], ['M', 1e6], ['G', 1e9], ['T', 1e12], ['P', 1e15], ['E', 1e18],
  ['Ki', 2 ** 10], ['Mi', 2 ** 20], ['Gi', 2 ** 30], ['Ti', 2 ** 40], ['Pi', 2 ** 50], ['Ei', 2 ** 60],
]);

/**
 * The number that an amount of a resource stands for, near enough to compare sums: `250m` is 0.25, `1Ki` 1024. What is none counts as nothing.
 */
export function quantityValue(quantity: unknown): number {
  const [, number, suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkKMGTPE]?i?)$/.exec(String(quantity)) ?? [];
  const factor = FACTORS.get(suffix);
  return number === undefined || factor === undefined ? 0 : Number(number) * factor;
}
