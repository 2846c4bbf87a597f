import type { JsonObject } from '../../../../src/base/json';
import { secrets } from '../../../../src/base/secrets';
import type { FieldChange } from '../../../../src/cli/deploy/objects/planned-change';
import type { ReleaseObject } from '../../../../src/cli/deploy/objects/release';
import { diffLines as linesOf, summaryJson, summaryText } from '../../../../src/cli/deploy/report/summary';

const object = (kind: string, value: JsonObject = {}) => ({ at: 'app.yaml:1:1', apiVersion: 'v1', kind, name: 'web', value });
const diffLines = (step: { object: ReleaseObject; changes: FieldChange[] }) => linesOf({ action: 'change', ...step });
const linesOfNew = (value: JsonObject) => linesOf({ action: 'create', object: object(String(value.kind), value), changes: [] });

test('each field and each value is a line', () => {
  const changes = [{ field: 'spec.replicas', before: 1, after: 2 }, { field: 'spec.paused', after: true }, { field: 'metadata.labels.a', before: 'b' }];
  expect(diffLines({ object: object('Deployment'), changes })).toEqual([
    '    spec.replicas', '    - 1', '    + 2', '    spec.paused', '    + true', '    metadata.labels.a', '    - "b"',
  ]);
});

test.each(['data', 'data.password', 'stringData.password', 'metadata.annotations.kubectl.kubernetes.io/last-applied-configuration', 'metadata', 'anything'])(
  'the %s of a Secret is never shown', (field) => {
    expect(diffLines({ object: object('Secret'), changes: [{ field, before: 's3cr3t', after: 's3cr3t2' }] })).toEqual([`    ${field}`, '    - (hidden)', '    + (hidden)']);
  });

test('fields of a Secret that cannot hold a value are shown', () => {
  expect(diffLines({ object: object('Secret'), changes: [{ field: 'metadata.labels.app', after: 'web' }] })).toEqual(['    metadata.labels.app', '    + "web"']);
});

test('terminal control sequences in values are escaped', () => {
  expect(diffLines({ object: object('ConfigMap'), changes: [{ field: 'data.a', after: '\x1b[31m' }] })).toEqual(['    data.a', '    + "\\u001b[31m"']);
});

test.each([
  ['with quotes', 'correct "horse" \\ battery'],
  ['with a line break', 'first of two\nsecond of two'],
  ['with 160 characters', 'longlonglong'.repeat(20)],
  ['with a letter of another script', 'größe und passwort'],
])('a value of a ConfigMap that repeats a secret %s is masked before it is cut', (_, value) => {
  secrets.add(value);
  const changes = [value, `${'.'.repeat(150)}${value}`, JSON.stringify({ value }), Buffer.from(value).toString('base64')].map((after) => ({ field: 'data.a', after }));
  const shown = diffLines({ object: object('ConfigMap'), changes }).filter((line) => line.startsWith('    + '));
  expect(shown).toEqual(['    + "[MASKED]"', `    + "${'.'.repeat(150)}[MASKED]"`, '    + "{\\"value\\":\\"[MASKED]\\"}"', '    + "[MASKED]"']);
  expect(JSON.stringify(shown)).not.toMatch(/correct|second|longlong|passwort/);
});

test('a new object shows every field of its manifest', () => {
  const containers = [{ name: 'web', image: 'registry.example.com/web:1', args: ['serve', '--port=80'], env: [] }];
  expect(linesOfNew({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'example', labels: { app: 'web' } }, spec: { replicas: 2, template: { spec: { containers } } } })).toEqual([
    '    metadata.labels.app', '    + "web"',
    '    spec.replicas', '    + 2',
    '    spec.template.spec.containers[web].name', '    + "web"',
    '    spec.template.spec.containers[web].image', '    + "registry.example.com/web:1"',
    '    spec.template.spec.containers[web].args[0]', '    + "serve"',
    '    spec.template.spec.containers[web].args[1]', '    + "--port=80"',
    '    spec.template.spec.containers[web].env', '    + "[]"',
  ]);
});

test('a new Secret shows no value', () => {
  const lines = linesOfNew({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', annotations: { note: 's3cr3t' } }, type: 'Opaque', data: { password: 's3cr3t' } });
  expect(lines).toEqual(['    metadata.annotations.note', '    + (hidden)', '    type', '    + "Opaque"', '    data.password', '    + (hidden)']);
});

describe('the result', () => {
  const release = { identity: { project: '7', environment: 'production', app: 'web' }, namespace: 'example', isDryRun: false, changes: [], removed: [], kept: [], elapsed: 1000 };
  const change = { action: 'change' as const, object: object('Deployment'), resource: 'deployments', path: '', applied: {}, after: {}, changes: [{ field: 'spec.paused', before: true }], adopted: false };

  test('names the annotation that keeps an object', () => {
    const kept = [{ apiVersion: 'v1', kind: 'Service', name: 'edge', keptBy: 'helm.sh/resource-policy' }, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data' }];
    expect(summaryText({ ...release, kept }, false)).toBe([
      'left       Service edge                no longer in the release; annotation helm.sh/resource-policy keeps it\n',
      'left       PersistentVolumeClaim data  no longer in the release\n',
      '2 left in 1.0 s\n',
    ].join(''));
    expect(JSON.parse(summaryJson({ ...release, kept })).left).toEqual([kept[0], { ...kept[1], keptBy: null }]);
  });

  test('lists the fields of other managers, and at most four of each in the text', () => {
    const otherFields = [{ manager: 'in-house', fields: ['a', 'b', 'c', 'd', 'e', 'f'] }, { manager: 'odd\u001b[31m', fields: ['g'] }];
    const changes = [{ ...change, adopted: true, takenOver: ['kubectl-create', 'helm'], otherFields }];
    expect(summaryText({ ...release, changes }, false)).toBe([
      'changed    Deployment web  adopted from kubectl-create, helm; spec.paused\n',
      '    set by in-house: a, b, c, d, 2 more\n',
      '    set by odd\\u001b[31m: g\n',
      'fields that other managers set and the manifests omit stay; remove those of one manager with --take-over-manager NAME\n',
      '1 changed in 1.0 s\n',
    ].join(''));
    expect(JSON.parse(summaryJson({ ...release, changes })).objects).toMatchObject([{ adopted: true, takenOver: ['kubectl-create', 'helm'], otherFields }]);
  });

  test('names the managers whose fields are taken over, and is short without any', () => {
    expect(summaryText({ ...release, changes: [{ ...change, takenOver: ['kubectl-edit'] }] }, false)).toContain('changed    Deployment web  taken over from kubectl-edit; spec.paused\n1 changed');
    expect(summaryText({ ...release, changes: [change] }, false)).toBe('changed    Deployment web  spec.paused\n1 changed in 1.0 s\n');
  });
});
