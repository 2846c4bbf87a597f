import * as fc from 'fast-check';
import { dns1123Label, dns1123Subdomain, labelValue } from '../../src/kubernetes/names';
import { ownerId, partName, releaseName, ReleaseOwner, replacingName } from '../../src/release/release-names';
import { ANY_CHARACTER } from '../support/any-character';

const owner = (app: string, environment = 'production', project = '42'): ReleaseOwner => ({ project, environment, app });
const anyText = fc.string({ unit: ANY_CHARACTER });
const anyOwner = fc.record({ project: anyText, environment: anyText, app: anyText });

test.each([
  [owner('web'), 'cdk8s-ci-deploy-web-production-2ec0d1dd94'],
  [owner('Web Shop', 'review/Feature_1'), 'cdk8s-ci-deploy-web-shop-review-feature-1-40abf0324c'],
  [owner('ü', 'ß'), 'cdk8s-ci-deploy-6f1d23da7c'],
  [owner('x'.repeat(99)), `cdk8s-ci-deploy-${'x'.repeat(32)}-037a55e3af`],
])('the record of %j is named %s', (given, name) => {
  expect(releaseName(given)).toBe(name);
});

test('Kubernetes accepts the names of every identity', () => {
  fc.assert(fc.property(anyOwner, fc.integer({ min: 1, max: 999 }), (any, part) => {
    expect([dns1123Label(releaseName(any)), dns1123Label(partName(any, part)), labelValue(ownerId(any, 'example'))]).toEqual([undefined, undefined, undefined]);
  }));
});

test.each<[string, ReleaseOwner, ReleaseOwner]>([
  ['characters that the readable part omits', owner('a/b'), owner('a.b')],
  ['parts with the same concatenation', owner('a-b', 'c'), owner('a', 'b-c')],
  ['upper case', owner('Web'), owner('web')],
  ['projects', owner('web', 'production', '1'), owner('web', 'production', '2')],
])('names and ids differ for %s', (_, a, b) => {
  expect(releaseName(a)).not.toBe(releaseName(b));
  expect(ownerId(a, 'example')).not.toBe(ownerId(b, 'example'));
});

test('the id of an identity differs between namespaces', () => {
  expect(ownerId(owner('web'), 'a')).not.toBe(ownerId(owner('web'), 'b'));
});

test('the name of a Job that replaces another is valid and has at most 63 characters', () => {
  const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?$/).filter((text) => dns1123Subdomain(text) === undefined);
  fc.assert(fc.property(name, (text) => {
    const replacing = replacingName(text);
    expect(dns1123Subdomain(replacing)).toBeUndefined();
    expect(replacing.length).toBeLessThanOrEqual(63);
  }));
});
