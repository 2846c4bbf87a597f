import { newestPatches, rowOf, withRow } from './version-table';

const PUBLISHED = ['k8s.io/kubernetes', 'v1.33.9', 'v1.33.13', 'v1.34.2', 'v1.34.10', 'v1.37.0-alpha.1', 'v1.36.3', 'v1.37.0-rc.0', 'v0.36.1'];

test.each<[string[], boolean, string[]]>([
  [['1.33', '1.34'], true, ['1.33.13', '1.34.10', '1.36.3']],
  [['1.36'], true, ['1.36.3']],
  [['1.34'], false, ['1.34.10']],
  [['1.34.2'], false, ['1.34.2']],
])('of %j (and the newest: %s), it chooses %j', (minors, withNewest, expected) => {
  expect(newestPatches(PUBLISHED, minors, withNewest)).toEqual(expected);
});

test('it names a minor version that is not published', () => {
  expect(() => newestPatches(PUBLISHED, ['1.3'], false)).toThrow('no version of Kubernetes 1.3 is published');
});

const SUITES = [
  { file: '/checkout/test/oidc.cluster.test.ts', passed: 20, failed: 1 },
  { file: '/checkout/test/oidc-flags.cluster.test.ts', passed: 3, failed: 0 },
  { file: '/checkout/test/deploy.cluster.test.ts', passed: 40, failed: 0 },
  { file: '/checkout/test/cli/revoke/revoke-compromised.cluster.test.ts', passed: 4, failed: 0 },
];

test('a line has the passed tests of each area', () => {
  expect(rowOf('1.33.13', new Date('2026-11-27T23:00:00Z'), SUITES)).toEqual({
    version: '1.33.13', cells: ['2026-11-27', '23 of 24', '40 of 40', '4 of 4', 'not tested', 'not tested'], isPassed: false,
  });
});

test('a version without results has not passed', () => {
  expect(rowOf('1.33.13', new Date(0), []).isPassed).toBe(false);
});

test('the page keeps the lines of other versions, and replaces that of the same one', () => {
  const row = (version: string, day: string) => rowOf(version, new Date(day), SUITES);
  const page = withRow(withRow(withRow(undefined, row('1.34.9', '2026-01-01')), row('1.34.10', '2026-01-02')), row('1.34.9', '2026-02-01'));

  expect(page.split('\n').filter((line) => line.startsWith('| 1')).map((line) => line.slice(0, 24))).toEqual(['| 1.34.10 | 2026-01-02 |', '| 1.34.9 | 2026-02-01 | ']);
  expect(page).toContain('\n| Kubernetes | tested on | id_tokens | deploy and rollback | rotate and revoke | grant and verify | others |\n| --- |');
});
