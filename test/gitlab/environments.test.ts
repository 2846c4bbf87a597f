import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { environmentName, environmentScope, environmentSlug, scopesOverlap } from '../../src/gitlab/environments';

jest.mock('node:crypto', () => ({ createHash: jest.fn() }));

const { createHash: realHash } = jest.requireActual<typeof import('node:crypto')>('node:crypto');

beforeEach(() => jest.mocked(createHash).mockImplementation(realHash));

describe('the slug of an environment', () => {
  // spec/lib/gitlab/slug/environment_spec.rb of gitlabhq/gitlabhq, which replaces the hash by 64 times "a".
  test.each([
    ['staging-12345678901234567', 'staging-123456789-q517sa'],
    ['9-staging-123456789012345', 'env-9-staging-123-q517sa'],
    ['staging-1234567890123456', 'staging-1234567890123456'],
    ['staging-1234567890123456-', 'staging-123456789-q517sa'],
    ['production', 'production'],
    ['PRODUCTION', 'production-q517sa'],
    ['review/1-foo', 'review-1-foo-q517sa'],
    ['1-foo', 'env-1-foo-q517sa'],
    ['1/foo', 'env-1-foo-q517sa'],
    ['foo-', 'foo'],
    ['foo--bar', 'foo-bar-q517sa'],
    ['foo**bar', 'foo-bar-q517sa'],
    ['*-foo', 'env-foo-q517sa'],
    ['staging-12345678-', 'staging-12345678'],
    ['staging-12345678-01234567', 'staging-12345678-q517sa'],
    ['', 'env-q517sa'],
  ])('agrees with GitLab\'s own example %j', (name, expected) => {
    jest.mocked(createHash).mockImplementation(fakeHash);
    expect(environmentSlug(name)).toBe(expected);
  });

  // Suffixes worked out apart from this code: the last six base-36 digits of the SHA-256 of the UTF-8 bytes.
  test.each([
    ['PRODUCTION', 'production-vl4voz'],
    ['review/1-foo', 'review-1-foo-9tdj0u'],
    ['1-foo', 'env-1-foo-1k46wz'],
    ['staging-12345678901234567', 'staging-123456789-s729ne'],
    ['review/feature-1', 'review-feature-1-1q251u'],
    ['review/José', 'review-jos-80t2xo'],
    ['İstanbul', 'i-stanbul-iw30d7'],
    ['', 'env-qhkd3p'],
  ])('ends with the hash of the name %j: %s', (name, expected) => {
    expect(environmentSlug(name)).toBe(expected);
  });

  test('is a DNS label of at most 24 characters that starts with a letter', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(environmentSlug(name)).toMatch(/^(?=.{1,24}$)[a-z](?:-?[a-z0-9])*$/);
    }));
  });
});

test.each<[string, boolean]>([
  ['production', true], ['Review App 1', true], ['a.b_c-d/e', true], ['p'.repeat(255), true],
  ['', false], ['/a', false], ['a/', false], ['review/$CI_COMMIT_REF_SLUG', false], ['a\n', false], ['größe', false], ['p'.repeat(256), false],
])('the rule for names of environments decides about %j: %s', (name, expected) => {
  expect(environmentName(name) === undefined).toBe(expected);
});

test.each<[string, boolean]>([
  ['*', true], ['production', true], ['review/*', true], ['Review App 1', true], ['a.b_c-d/${X}', true], ['p'.repeat(255), true],
  ['', false], ['a,b', false], ['a\n', false], [' production', false], ['production ', false], ['größe', false], ['p'.repeat(256), false],
])('the rule for environment scopes decides about %j: %s', (scope, expected) => {
  expect(environmentScope(scope) === undefined).toBe(expected);
});

describe('scopesOverlap', () => {
  test.each<[string, string, boolean]>([
    ['production', 'production', true], ['production', 'staging', false], ['production', 'prod', false], ['production', 'Production', false],
    ['*', 'production', true], ['*', '*', true], ['review/*', 'review/1', true], ['review/*', 'review/', true], ['review/*', 'review', false],
    ['review/*', '*/1', true], ['review/*', 'staging/*', false], ['*-eu', 'review-*', true], ['a*b*c', 'abc', true], ['a*b*c', 'acb', false], ['_', 'a', false],
  ])('decides about %j and %j: %s', (one, other, expected) => {
    expect([scopesOverlap(one, other), scopesOverlap(other, one)]).toEqual([expected, expected]);
  });

  test('is true for a scope and a name exactly when the scope matches the name', () => {
    const text = (...letters: string[]) => fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text('a', 'b', '*'), text('a', 'b'), (scope, name) => {
      expect(scopesOverlap(scope, name)).toBe(new RegExp(`^${scope.replace(/\*+/g, '.*')}$`).test(name));
    }));
  });

  test('is true for two scopes that match the same name', () => {
    const scope = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(fc.property(scope, scope, fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }), (one, other, letters) => {
      const name = letters.join('');
      if (scopesOverlap(one, name) && scopesOverlap(other, name)) expect(scopesOverlap(one, other)).toBe(true);
    }));
  });
});

function fakeHash(): ReturnType<typeof createHash> {
  return { update: () => ({ digest: () => 'a'.repeat(64) }) } as unknown as ReturnType<typeof createHash>;
}
