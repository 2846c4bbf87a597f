import * as fc from 'fast-check';
import { secrets } from '../../../../src/base/secrets';
import { Deployed, dotenvReport } from '../../../../src/cli/deploy/report/report-output';
import { ANY_CHARACTER } from '../../../support/any-character';
import { parseDotenv } from '../../../support/parse-dotenv';

const deployed: Deployed = {
  identity: { project: '7', environment: 'production', app: 'web' },
  namespace: 'example',
  release: 12,
  revision: '1ecfd275ab0f8b2f30b0d1c5a1b2c3d4e5f60718',
  images: ['registry.example.com/group/web@sha256:0123', 'registry.example.com/group/proxy:1.2'],
};

test('the report has the deployed release', () => {
  expect(dotenvReport(deployed)).toEqual({
    leftOut: [],
    text: [
      'DEPLOYED_RELEASE=12',
      'DEPLOYED_APP=web',
      'DEPLOYED_ENVIRONMENT=production',
      'DEPLOYED_NAMESPACE=example',
      'DEPLOYED_REVISION=1ecfd275ab0f8b2f30b0d1c5a1b2c3d4e5f60718',
      'DEPLOYED_IMAGE=registry.example.com/group/web@sha256:0123',
      'DEPLOYED_IMAGES=registry.example.com/group/web@sha256:0123,registry.example.com/group/proxy:1.2',
      '',
    ].join('\n'),
  });
});

test('a release without images and commit has fewer variables', () => {
  expect(dotenvReport({ ...deployed, images: [], revision: undefined }).text).not.toMatch(/IMAGE|REVISION/);
});

test.each<[string, string]>([
  ['a space', 'review app'], ['a line break', 'a\nINJECTED=1'], ['a line break of old', 'a\rb'], ['quotes', '"a"'], ['half a character', 'a\ud800'], ['a zero byte', 'a\0'],
])('a value with %s is left out, and listed', (_, environment) => {
  const { text, leftOut } = dotenvReport({ ...deployed, identity: { ...deployed.identity, environment } });
  expect(leftOut).toEqual(['DEPLOYED_ENVIRONMENT']);
  expect(text).not.toContain('ENVIRONMENT');
});

test('a value with a secret in it is left out, and listed', () => {
  secrets.add('glcbt-64_0123456789');
  const { text, leftOut } = dotenvReport({ ...deployed, images: ['ci:glcbt-64_0123456789@example.com/web:1'] });
  expect(leftOut).toEqual(['DEPLOYED_IMAGE', 'DEPLOYED_IMAGES']);
  expect(text).not.toContain('glcbt');
});

test('a report that would be too large leaves the list of images out first', () => {
  const images = Array.from({ length: 200 }, (_, index) => `registry.example.com/group/image-${index}:1`);
  const { text, leftOut } = dotenvReport({ ...deployed, images });
  expect(leftOut).toEqual(['DEPLOYED_IMAGES']);
  expect(text).toContain('DEPLOYED_IMAGE=registry.example.com/group/image-0:1\n');
});

test('GitLab accepts the report for any values, and reads the same values', () => {
  const value = fc.string({ unit: ANY_CHARACTER, maxLength: 6000 });
  fc.assert(fc.property(value, value, fc.array(value), (app, environment, images) => {
    const { text, leftOut } = dotenvReport({ ...deployed, identity: { project: '7', app, environment }, images });
    const read = parseDotenv(text);
    expect(read.get('DEPLOYED_RELEASE')).toBe('12');
    if (!leftOut.includes('DEPLOYED_APP')) expect(read.get('DEPLOYED_APP')).toBe(app);
    expect([...read.keys()].every((key) => key.startsWith('DEPLOYED_'))).toBe(true);
  }));
});
