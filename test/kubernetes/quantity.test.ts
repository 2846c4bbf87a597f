import * as fc from 'fast-check';
import { quantityRule, quantityValue } from '../../src/kubernetes/quantity';
import { describeVectors, printAgreement } from '../support/vectors';

interface Vectors {
  readonly upstream: Vector[];
  readonly oracle: Vector[];
}

interface Vector {
  readonly fn: string;
  readonly input: string;
  readonly ok: boolean;
}

describe('the rule for quantities', () => {
  test.each([
    '0', '00', '007', '1', '250m', '0.5', '.5', '1.', '5.m', '64Mi', '1.5Gi', '+5', '1k', '1Ki', '100n', '100u', '2E', '2Ei',
    '1e3', '1E3', '1e+3', '1e-3', '1.5e03', '1e999', '99999999999999999999999',
  ])('accepts %j', (value) => {
    expect(quantityRule(value)).toBeUndefined();
  });

  test.each([
    ['', 'empty'],
    ['1K', 'kilo is k'],
    ['1ki', 'kibi is Ki'],
    ['64MB', 'no B'],
    ['64mi', 'mebi is Mi'],
    ['1i', 'no unit'],
    ['1Zi', 'no such unit'],
    ['64 Mi', 'space inside'],
    [' 1', 'space before'],
    ['1\n', 'newline'],
    ['1..2', 'two points'],
    ['1.2.3', 'two points'],
    ['1,5', 'comma'],
    ['1_000', 'underscore'],
    ['0x10', 'hexadecimal'],
    ['1e', 'no exponent'],
    ['1e+', 'no exponent'],
    ['1e1.5', 'broken exponent'],
    ['1e3Mi', 'exponent and unit'],
    ['--1', 'two signs'],
    ['$MEMORY', 'not expanded'],
    ['１', 'full-width digit'],
  ])('refuses %j (%s)', (value) => {
    expect(quantityRule(value)).toContain('an amount that is not negative');
  });

  // Each was given to ParseQuantity of k8s.io/apimachinery v0.28.3, which took it, or for the last exponents did not come back.
  test.each([
    ['-1', 'negative'],
    ['-500m', 'negative'],
    ['-0', 'negative'],
    ['-', 'no number'],
    ['+', 'no number'],
    ['.', 'no number'],
    ['Mi', 'no number'],
    ['m', 'no number'],
    ['+Ki', 'no number'],
    ['1e99999', 'exponent'],
    ['1E2147483648', 'exponent'],
    ['9'.repeat(65), 'length'],
  ])('refuses %j (%s), which Kubernetes accepts', (value) => {
    expect(quantityRule(value)).toContain('an amount that is not negative');
  });

  test('accepts every number with every unit', () => {
    const unit = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'e3', 'E-3');
    fc.assert(fc.property(fc.nat(), fc.nat(), unit, (whole, fraction, suffix) => {
      expect(quantityRule(`${whole}${suffix}`)).toBeUndefined();
      expect(quantityRule(`${whole}.${fraction}${suffix}`)).toBeUndefined();
    }));
  });
});

test.each([
  ['250m', 0.25], ['1', 1], ['1Ki', 1024], ['1.5Gi', 1.5 * 2 ** 30], ['1e3', 1000], ['2k', 2000], [3, 3], ['-1', -1], ['lots', 0], ['', 0], [undefined, 0], ['1Zi', 0],
])('quantityValue converts %j to %d', (quantity, value) => {
  expect(quantityValue(quantity)).toBe(value);
});

describeVectors<Vectors>('k8s-names.json', ({ upstream, oracle }) => {
  const vectors = [...upstream, ...oracle].filter(({ fn }) => fn === 'ParseQuantity');

  test.each(vectors)('the rule agrees with ParseQuantity, which says $ok to $input', ({ input, ok }) => {
    expect(quantityRule(input) === undefined).toBe(ok);
  });

  test('all agree with the rule', () => {
    const agreeing = vectors.filter(({ input, ok }) => (quantityRule(input) === undefined) === ok);
    printAgreement('k8s-names.json (quantities)', agreeing.length, vectors.length);
    expect(agreeing).toHaveLength(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(21);
  });
});
