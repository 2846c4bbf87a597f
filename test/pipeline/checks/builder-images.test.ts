import type { Json } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each<[string, Json]>([
  ['a version', 'node:24.9.0-alpine3.22'],
  ['a digest', `node@${DIGEST}`],
  ['a tag and a digest', `node:latest@${DIGEST}`],
  ['a port and a tag', 'registry.example.com:5000/node:24'],
  ['a variable', '$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/node'],
  ['an input', '$[[ inputs.node_image ]]'],
  ['a name among options', { name: 'node:24', entrypoint: [''] }],
])('a generated job may run in an image with %s', (_, image) => {
  expect(problemsIn({ jobs: [job('build', { image })] })).toEqual([]);
});

test.each<[Json, string]>([
  ['node', 'a tag other than "latest", or a digest'],
  ['node:latest', 'a tag other than "latest", or a digest'],
  ['registry.example.com:5000/node', 'a tag other than "latest", or a digest'],
  [{ name: 'node' }, 'a tag other than "latest", or a digest'],
  ['Node:24', 'the reference of an image'],
  ['', 'the reference of an image'],
])('a generated job may not run in %j', (image, expected) => {
  expect(problemsIn({ jobs: [job('build', { image })] })).toEqual([expect.stringContaining(`expected ${expected}; name a version or a digest`)]);
});

test('a service of a generated job needs a version too', () => {
  expect(problemsIn({ jobs: [job('build', { services: ['docker:28.4.0-dind', { name: 'redis', alias: 'cache' }] })] })).toEqual([expect.stringContaining('its image is "redis"')]);
});

test('a job of the user may run in any image', () => {
  expect(problemsIn({ added: [job('a', { image: 'node' })] })).toEqual([]);
});
