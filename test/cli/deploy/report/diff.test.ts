import { diffLines } from '../../../../src/cli/deploy/report/diff';

const object = (kind: string) => ({ at: 'app.yaml:1:1', apiVersion: 'v1', kind, name: 'web', value: {} });

test('fields and values, a line each', () => {
  const changes = [{ field: 'spec.replicas', before: 1, after: 2 }, { field: 'spec.paused', after: true }, { field: 'metadata.labels.a', before: 'b' }];
  expect(diffLines({ object: object('Deployment'), changes })).toEqual([
    '    spec.replicas', '    - 1', '    + 2', '    spec.paused', '    + true', '    metadata.labels.a', '    - "b"',
  ]);
});

test.each(['data', 'data.password', 'stringData.password', 'metadata.annotations.kubectl.kubernetes.io/last-applied-configuration', 'metadata', 'anything'])(
  'the %s of a Secret is never shown', (field) => {
    expect(diffLines({ object: object('Secret'), changes: [{ field, before: 's3cr3t', after: 's3cr3t2' }] })).toEqual([`    ${field}`, '    - (hidden)', '    + (hidden)']);
  });

test('what can be no value of a Secret is shown', () => {
  expect(diffLines({ object: object('Secret'), changes: [{ field: 'metadata.labels.app', after: 'web' }] })).toEqual(['    metadata.labels.app', '    + "web"']);
});

test('terminal control sequences in values are escaped', () => {
  expect(diffLines({ object: object('ConfigMap'), changes: [{ field: 'data.a', after: '\x1b[31m' }] })).toEqual(['    data.a', '    + "\\u001b[31m"']);
});
