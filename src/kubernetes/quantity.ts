import type { NameRule } from './names';

const NUMBER = '(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)';
const SUFFIX = '(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})';
const QUANTITY = new RegExp(`^\\+?${NUMBER}${SUFFIX}?$`);
const LONGEST = 64;

/**
 * The rule for quantities: CPU (`100m` is a tenth of a core), memory in bytes (`64Mi`) and other resources.
 * ParseQuantity of k8s.io/apimachinery (pkg/api/resource) accepts three more forms:
 *
 * - negative quantities, which the API server refuses in requests, limits and quotas
 * - a unit without a number, which it reads as zero: an empty variable makes `Mi` of `${MEMORY}Mi`
 * - exponents of more than three digits and texts of more than 64 characters, which take seconds to parse
 */
export const quantityRule: NameRule = (value) =>
  value.length <= LONGEST && QUANTITY.test(value)
    ? undefined
    : 'an amount that is not negative, such as "100m", "0.5", "64Mi" or "1e3" (units n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi and Ei)';

const FACTORS = new Map([
  ['n', 1e-9], ['u', 1e-6], ['m', 1e-3], ['', 1], ['k', 1e3], ['M', 1e6], ['G', 1e9], ['T', 1e12], ['P', 1e15], ['E', 1e18],
  ['Ki', 2 ** 10], ['Mi', 2 ** 20], ['Gi', 2 ** 30], ['Ti', 2 ** 40], ['Pi', 2 ** 50], ['Ei', 2 ** 60],
]);

/**
 * Converts a quantity to a number that is precise enough to compare sums: `250m` is 0.25, `1Ki` is 1024. An invalid quantity is 0.
 */
export function quantityValue(quantity: unknown): number {
  const [, number, suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkKMGTPE]?i?)$/.exec(String(quantity)) ?? [];
  const factor = FACTORS.get(suffix);
  return number === undefined || factor === undefined ? 0 : Number(number) * factor;
}
