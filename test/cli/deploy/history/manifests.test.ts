import { gzipSync } from 'node:zlib';
import { JsonObject } from '../../../../src/base/json';
import { imagesOf, packManifests, unpackManifests } from '../../../../src/cli/deploy/history/manifests';
import { ReleaseObject } from '../../../../src/cli/deploy/objects/release';

function object(apiVersion: string, kind: string, more: JsonObject = {}): ReleaseObject {
  return { at: 'file.yaml:1:1', apiVersion, kind, name: 'a', value: { apiVersion, kind, metadata: { name: 'a' }, ...more } };
}

const hashOf = (secret: JsonObject) => unpackManifests('', packManifests([object('v1', 'Secret', secret)])).withheld[0]?.hash;

describe('a Secret', () => {
  test('leaves no value in what is recorded, in no spelling', () => {
    const secret = object('v1', 'Secret', {
      metadata: { name: 'a', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' } }, stringData: { a: 'hunter2' }, data: { b: 'aHVudGVyMg==' },
    });
    expect(JSON.stringify(unpackManifests('', packManifests([secret])))).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['the same in data and stringData', { data: { a: 'eA==' } }, { stringData: { a: 'x' } }, true],
    ['the order of the keys', { data: { a: 'eA==', b: 'eQ==' } }, { data: { b: 'eQ==', a: 'eA==' } }, true],
    ['stringData before data', { data: { a: 'eQ==' }, stringData: { a: 'x' } }, { data: { a: 'eA==' } }, true],
    ['another value', { data: { a: 'eA==' } }, { data: { a: 'eQ==' } }, false],
    ['another key', { data: { a: 'eA==' } }, { data: { b: 'eA==' } }, false],
  ])('has a hash by which its content is known: %s', (_, a, b, same) => {
    expect(hashOf(a) === hashOf(b)).toBe(same);
  });
});

test.each([
  object('v1', 'Secret'),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  object('rbac.authorization.k8s.io/v1beta1', 'Role'),
])('$kind that somebody planted is not applied', ({ value }) => {
  expect(() => unpackManifests('release 1', gzipSync(JSON.stringify({ objects: [value], withheld: [] }))))
    .toThrow(/^release 1: .* "a" is in it, expected no Secret and nothing of RBAC, which are never recorded; find out who changed the Secret/);
});

test.each([null, [], { objects: [] }, { objects: [1], withheld: [] }, { objects: [{ kind: 'Pod' }], withheld: [] }])('%j are no manifests', (value) => {
  expect(() => unpackManifests('release 1', gzipSync(JSON.stringify(value)))).toThrow(/^release 1.*; restore it/);
});

test('the images of a release are those of all containers, each once', () => {
  const pod = (...images: string[]) => ({ spec: { containers: images.map((image) => ({ name: image, image })) } });
  expect(imagesOf([object('v1', 'Pod', pod('a', 'b')), object('apps/v1', 'Deployment', { spec: { template: pod('b', 'c') } })])).toEqual(['a', 'b', 'c']);
});
