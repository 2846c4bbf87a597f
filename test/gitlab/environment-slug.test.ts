import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { environmentSlug } from '../../src/gitlab/environments';

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
  ])('of %j ends with the hash of its name', (name, expected) => {
    expect(environmentSlug(name)).toBe(expected);
  });

  test('is a DNS label of at most 24 characters that starts with a letter', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(environmentSlug(name)).toMatch(/^(?=.{1,24}$)[a-z](?:-?[a-z0-9])*$/);
    }));
  });
});

function fakeHash(): ReturnType<typeof createHash> {
  return { update: () => ({ digest: () => 'a'.repeat(64) }) } as unknown as ReturnType<typeof createHash>;
}
