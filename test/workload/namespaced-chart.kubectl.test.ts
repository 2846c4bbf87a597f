import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Helm } from 'cdk8s';
import { FETCH_TIMEOUT, helm } from '../support/kubectl';
import { messageOf, namespacedChart, synth } from '../support/synth';

let folder: string;
beforeAll(() => { helm(); }, FETCH_TIMEOUT);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'helm-chart-'));
  mkdirSync(join(folder, 'templates'));
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function withTemplate(template: string) {
  writeFileSync(join(folder, 'templates', 'object.yaml'), template);
  const chart = namespacedChart();
  new Helm(chart, 'release', { chart: folder, helmExecutable: helm() });
  return chart;
}

test('a NamespacedChart gives its namespace to objects of a Helm chart', () => {
  const chart = withTemplate('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n');
  expect(synth(chart).map((manifest) => [manifest.kind, manifest.metadata.namespace])).toEqual([['ConfigMap', 'example']]);
});

test.each([
  ['apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n', 'Namespace is cluster-scoped'],
  ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n', 'ConfigMap "a" is in namespace "other"'],
  ['apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: a}\n', 'may not create, patch resourcequotas'],
])('a NamespacedChart refuses objects of a Helm chart: %j', (template, message) => {
  expect(messageOf(() => synth(withTemplate(template)))).toContain(message);
});
