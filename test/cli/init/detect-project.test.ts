import { EMPTY_FOLDER } from './examples';
import { Arguments } from '../../../src/cli/command-line/arguments';
import type { Context } from '../../../src/cli/command-line/command';
import { DetectedProject, detectProject } from '../../../src/cli/init/detect-project';

const MANIFEST = 'kind: Pod\napiVersion: v1\nspec: { containers: [{ name: web, image: IMAGE }] }\n';

async function detect(files: Record<string, string>, options: Record<string, string> = {}): Promise<DetectedProject> {
  const args = new Arguments([], new Map(Object.entries(options).map(([name, value]) => [name, [value]])));
  const textOf = (name: string) => files[name.replace(/^site\//, '')];
  const folder = { exists: (name: string) => textOf(name) !== undefined, read: async (name: string) => Buffer.from(textOf(name) ?? '') };
  return detectProject({ args, files: folder as unknown as Context['files'] }, 'site');
}

test('it finds nothing in an empty folder', async () => {
  expect(await detect({})).toEqual(EMPTY_FOLDER);
});

test.each<[string, Record<string, string>, Partial<DetectedProject>]>([
  ['a Dockerfile', { Dockerfile: '' }, { hasDockerfile: true }],
  ['a pipeline', { '.gitlab-ci.yml': '' }, { hasPipeline: true }],
  ['a Hugo site', { 'hugo.yaml': '' }, { isHugoSite: true }],
  ['a package of ECMAScript modules', { 'package.json': '{ "type": "module" }' }, { isModule: true }],
  ['a package of other modules', { 'package.json': '{}' }, { isModule: false }],
  ['a package.json that is not JSON', { 'package.json': 'x' }, { isModule: false }],
  ['a manifest with the placeholder', { 'deployment.yml': MANIFEST }, { manifest: { file: 'deployment.yml', placeholder: 'IMAGE' } }],
  ['the first of two manifests', { 'deployment.yaml': 'x', 'deployment.yml': MANIFEST }, { manifest: { file: 'deployment.yml', placeholder: 'IMAGE' } }],
])('it finds %s', async (_, files, expected) => {
  expect(await detect(files)).toEqual({ ...EMPTY_FOLDER, ...expected });
});

test('it reads the manifest and the placeholder of the options', async () => {
  const files = { 'deployment.yml': MANIFEST, 'k8s/app.yml': MANIFEST.replace('IMAGE', 'X') };

  expect(await detect(files, { manifest: 'k8s/app.yml', placeholder: 'X' })).toMatchObject({ manifest: { file: 'k8s/app.yml', placeholder: 'X' } });
});

test.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
  ['a manifest above the folder', {}, { manifest: '../a.yml' }, /^--manifest: "\.\.\/a\.yml", expected a file in the folder of the project; use its name in the folder/],
  ['an absolute name', {}, { manifest: '/a.yml' }, /^--manifest: "\/a\.yml", expected a file in the folder/],
  ['other images', { 'deployment.yml': MANIFEST.replace('IMAGE', 'nginx:1') }, {},
    /^deployment\.yml: images "nginx:1", expected a container whose image is the placeholder "IMAGE"; write "image: IMAGE", or pass another placeholder with --placeholder$/],
  ['a manifest without containers', { 'deployment.yml': 'kind: ConfigMap\napiVersion: v1\n' }, {}, /^deployment\.yml: no container, expected/],
])('it rejects %s', async (_, files, options, message) => {
  await expect(detect(files, options)).rejects.toThrow(message);
});
