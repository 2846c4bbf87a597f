import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOf, EMPTY_FOLDER } from './examples';
import type { DetectedProject } from '../../../src/cli/init/detect-project';
import { newProject } from '../../../src/cli/init/new-files';
import { nextSteps } from '../../../src/cli/init/next-steps';
import { pipelineProgram } from '../../../src/cli/init/pipeline-program';
import { renovateConfig } from '../../../src/cli/init/renovate';
import { DEFAULT_IMAGES } from '../../../src/pipeline/jobs/default-images';

/** The images that Renovate finds with the expression of a configuration. */
function imagesIn(text: string, config: string): Array<Record<string, string | undefined>> {
  const [pattern] = JSON.parse(config).customManagers[0].matchStrings;
  return [...text.matchAll(new RegExp(pattern, 'g'))].map(({ groups }) => ({ ...groups }));
}

test.each(['.gitlab-ci.yml', 'deploy.gitlab-ci.yml'])('an update of the package writes %s again, and no other update changes it', (file) => {
  const { packageRules } = JSON.parse(renovateConfig(file));

  expect(packageRules).toContainEqual(expect.objectContaining({ matchFileNames: [file], enabled: false }));
  expect(packageRules).toContainEqual(expect.objectContaining({
    matchPackageNames: ['cdk8s-ci-deploy'],
    postUpgradeTasks: { commands: ['npm ci --ignore-scripts', 'npx cdk8s-ci-deploy pipeline'], fileFilters: [file], executionMode: 'branch' },
  }));
});

test('Renovate finds the images in pipeline.ts', () => {
  const program = pipelineProgram(answersOf(), { ...EMPTY_FOLDER, isHugoSite: true });
  const withoutVersion = `synthesis: Synthesis.job({ image: 'registry.example.com:5000/node@sha256:${'0'.repeat(64)}' })`;

  expect(imagesIn(program, renovateConfig('.gitlab-ci.yml'))).toEqual([{ depName: 'ghcr.io/gohugoio/hugo', currentValue: 'v0.150.0', currentDigest: undefined }]);
  expect(imagesIn(`image: 'node:24@sha256:${'0'.repeat(64)}'`, renovateConfig('a'))).toEqual([{ depName: 'node', currentValue: '24', currentDigest: `sha256:${'0'.repeat(64)}` }]);
  expect(imagesIn("image: 'registry.example.com:5000/a/node:24-alpine'", renovateConfig('a'))).toMatchObject([{ depName: 'registry.example.com:5000/a/node', currentValue: '24-alpine' }]);
  expect(imagesIn(withoutVersion, renovateConfig('a'))).toEqual([]);
});

test.each(['.gitlab/renovate.json', 'renovate.json5', '.renovaterc'])('an existing %s stays, with advice', (name) => {
  const files = { exists: (file: string) => file === `site/${name}` };
  const { written, left } = newProject(answersOf(), EMPTY_FOLDER, 'site', files);

  expect(written.map((file) => file.name)).not.toContain('renovate.json');
  expect(left).toEqual([{ name, advice: expect.stringContaining('npx cdk8s-ci-deploy pipeline') }]);
});

test.each<[string, Partial<DetectedProject>, string]>([['a new pipeline', {}, '.gitlab-ci.yml'], ['an included one', { hasPipeline: true }, 'deploy.gitlab-ci.yml']])(
  'DEPLOYING.md tells what an update does to %s', (_, detected, file) => {
    expect(nextSteps(answersOf(), { ...EMPTY_FOLDER, ...detected })).toContain(`## Updates\n\n\`${file}\` has the SHA-256 of the command`);
  });

test('the renovate.json of this project finds each default image', () => {
  const root = join(__dirname, '..', '..', '..');
  const found = imagesIn(readFileSync(join(root, 'src', 'pipeline', 'jobs', 'default-images.ts'), 'utf8'), readFileSync(join(root, 'renovate.json'), 'utf8'));
  const images = found.map(({ depName, currentValue, currentDigest }) => `${depName}:${currentValue}${currentDigest === undefined ? '' : `@${currentDigest}`}`);

  expect(images).toEqual(Object.values(DEFAULT_IMAGES));
});
