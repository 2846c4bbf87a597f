import { gzipSync } from 'node:zlib';
import { JsonObject } from '../../../../src/base/json';
import { imagesOf, packManifests, unpackManifests } from '../../../../src/cli/deploy/history/manifests';
import { ReleaseObject } from '../../../../src/cli/deploy/objects/release';

function object(apiVersion: string, kind: string, more: JsonObject = {}): ReleaseObject {
  return { at: 'file.yaml:1:1', apiVersion, kind, name: 'a', value: { apiVersion, kind, metadata: { name: 'a' }, ...more } };
}

const hashOf = (secret: JsonObject) => unpackManifests('', packManifests([object('v1', 'Secret', secret)])).withheld[0]?.hash;

describe('the record of a Secret', () => {
  test('has no value of the Secret, neither plain nor in base64', () => {
    const secret = object('v1', 'Secret', {
      metadata: { name: 'a', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' } }, stringData: { a: 'hunter2' }, data: { b: 'aHVudGVyMg==' },
    });
    expect(JSON.stringify(unpackManifests('', packManifests([secret])))).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['is equal for equal values in data and in stringData', { data: { a: 'eA==' } }, { stringData: { a: 'x' } }, true],
    ['is equal for another order of the keys', { data: { a: 'eA==', b: 'eQ==' } }, { data: { b: 'eQ==', a: 'eA==' } }, true],
    ['prefers stringData to data', { data: { a: 'eQ==' }, stringData: { a: 'x' } }, { data: { a: 'eA==' } }, true],
    ['differs for another value', { data: { a: 'eA==' } }, { data: { a: 'eQ==' } }, false],
    ['differs for another key', { data: { a: 'eA==' } }, { data: { b: 'eA==' } }, false],
  ])('has a hash that %s', (_, a, b, same) => {
    expect(hashOf(a) === hashOf(b)).toBe(same);
  });
});

test.each([
  object('v1', 'Secret'),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  object('rbac.authorization.k8s.io/v1beta1', 'Role'),
])('unpackManifests rejects a $kind in the record', ({ value }) => {
  expect(() => unpackManifests('release 1', gzipSync(JSON.stringify({ objects: [value], withheld: [] }))))
    .toThrow(/^release 1: it contains \w+ "a", expected neither a Secret nor an RBAC object: they are never recorded; find out in the audit log who changed the Secret/);
});

test.each([
  { apiVersion: 'v1', kind: 'Secret', name: '../configmaps/a' },
  { apiVersion: 'v1/namespaces/a', kind: 'Secret', name: 'a' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'a%2Fb' },
])('unpackManifests rejects the withheld object %j', (withheld) => {
  expect(() => unpackManifests('release 1', gzipSync(JSON.stringify({ objects: [], withheld: [withheld] })))).toThrow(/^release 1\.withheld\[0\]: \w+ is "/);
});

test.each([null, [], { objects: [] }, { objects: [1], withheld: [] }, { objects: [{ kind: 'Pod' }], withheld: [] }])('unpackManifests rejects the manifests %j', (value) => {
  expect(() => unpackManifests('release 1', gzipSync(JSON.stringify(value)))).toThrow(/^release 1.*; restore it/);
});

test('imagesOf returns images of volumes after those of containers, and no blank ones', () => {
  const spec = { volumes: [{ name: 'm', image: { reference: 'model:1' } }], containers: [{ name: 'a', image: 'a:1' }, { name: 'b', image: ' ' }] };
  expect(imagesOf([object('v1', 'Pod', { spec }), object('v1', 'Pod', { spec: { containers: [{ name: 'c', image: 'c:1' }] } })])).toEqual(['a:1', 'c:1', 'model:1']);
});

test('imagesOf returns the images of all containers without duplicates', () => {
  const pod = (...images: string[]) => ({ spec: { containers: images.map((image) => ({ name: image, image })) } });
  expect(imagesOf([object('v1', 'Pod', pod('a', 'b')), object('apps/v1', 'Deployment', { spec: { template: pod('b', 'c') } })])).toEqual(['a', 'b', 'c']);
});
