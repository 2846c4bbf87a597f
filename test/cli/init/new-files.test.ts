import { answersOf, EMPTY_FOLDER } from './examples';
import type { DetectedProject } from '../../../src/cli/init/detect-project';
import { NewProject, newProject } from '../../../src/cli/init/new-files';

const PROGRAMS = ['targets.ts', 'access.ts', 'main.ts', 'pipeline.ts', '.gitlab-ci.yml', 'DEPLOYING.md'];
const OTHERS = ['package.json', 'tsconfig.json', '.gitignore', 'renovate.json'];

function projectIn(existing: readonly string[], detected: Partial<DetectedProject> = {}): NewProject {
  const files = { exists: (name: string) => existing.some((file) => name === `site/${file}`) };
  return newProject(answersOf(), { ...EMPTY_FOLDER, ...detected }, 'site', files);
}

const namesOf = (files: ReadonlyArray<{ readonly name: string }>) => files.map(({ name }) => name);
const textOf = ({ written }: NewProject, file: string) => written.find(({ name }) => name === file)?.text ?? '';

test('it writes the programs and the files around them', () => {
  const { written, left } = projectIn([]);

  expect([namesOf(written), left]).toEqual([[...PROGRAMS, ...OTHERS], []]);
});

test.each(OTHERS)('it keeps an existing %s, with advice', (name) => {
  const { written, left } = projectIn([name]);

  expect(namesOf(written)).toEqual([...PROGRAMS, ...OTHERS.filter((other) => other !== name)]);
  expect(left).toEqual([{ name, advice: expect.stringMatching(/\w/) }]);
});

test('it keeps an existing pipeline, with the lines that include the new one', () => {
  const { written, left } = projectIn([], { hasPipeline: true });

  expect(namesOf(written)).toContain('deploy.gitlab-ci.yml');
  expect(left).toEqual([{ name: '.gitlab-ci.yml', advice: expect.stringMatching(/^add to it:\n {4}include:\n {6}- local: deploy\.gitlab-ci\.yml\n/) }]);
});

test.each<[string, Partial<DetectedProject>, boolean]>([
  ['writes a Dockerfile for a Hugo site', { isHugoSite: true }, true],
  ['keeps the Dockerfile of a Hugo site', { isHugoSite: true, hasDockerfile: true }, false],
  ['writes no Dockerfile for other projects', {}, false],
])('it %s', (_, detected, expected) => {
  expect(namesOf(projectIn([], detected).written).includes('Dockerfile')).toBe(expected);
});

test.each(PROGRAMS)('it rejects a folder with %s', (name) => {
  expect(() => projectIn([name])).toThrow(`site: it has ${name}, expected a folder without the programs of a project; name another folder, or edit these files`);
});

test('the package.json has the name, the scripts and the versions of the library', () => {
  expect(JSON.parse(textOf(projectIn([]), 'package.json'))).toMatchObject({
    name: 'web',
    private: true,
    scripts: { check: 'tsc --noEmit && cdk8s-ci-deploy pipeline --check' },
    dependencies: { 'cdk8s-ci-deploy': expect.stringMatching(/^\^/) },
    devDependencies: { tsx: expect.any(String), typescript: expect.any(String) },
  });
});

test('git ignores the files that programs and jobs write', () => {
  expect(textOf(projectIn([]), '.gitignore').split('\n')).toEqual(expect.arrayContaining(['/dist/', '/node_modules/', '/image.env']));
});
