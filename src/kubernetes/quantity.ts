import type { NameRule } from './names';

const NUMBER = '(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)';
const SUFFIX = '(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})';
const QUANTITY = new RegExp(`^\\+?${NUMBER}${SUFFIX}?$`);
const LONGEST = 64;

/**
 * Amounts of a resource, such as CPU (`100m` is a tenth of one) and memory in bytes (`64Mi`), as ParseQuantity of k8s.io/apimachinery
 * (pkg/api/resource) reads them, but for three things that it accepts:
 *
 * - negative amounts, which the API server refuses in requests, limits and quotas
 * - a unit without a number, which it reads as zero: `Mi` is what `${MEMORY}Mi` becomes when the variable is empty
 * - exponents of more than three digits and texts of more than 64 characters, which no resource needs and which cost the reader seconds
 */
export const quantityRule: NameRule = (value) =>
  value.length <= LONGEST && QUANTITY.test(value)
    ? undefined
    : 'an amount that is not negative, such as "100m", "0.5", "64Mi" or "1e3" (units n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi and Ei)';
