import { join } from 'node:path';
import type { Answers } from './answers';
import type { DetectedProject } from './detect-project';
import { includeLines, nextSteps } from './next-steps';
import { pipelineFile, pipelineOf, pipelineProgram } from './pipeline-program';
import { accessProgram, mainProgram, targetsProgram } from './programs';
import { GITIGNORE, HUGO_DOCKERFILE, IGNORED, packageJson, SCRIPTS, TSCONFIG, VERSIONS } from './project-files';
import { userError } from '../../base/user-error';
import type { Files } from '../io/files';

/**
 * A file that is to be there.
 */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/**
 * A file that is there already and is left as it is.
 */
export interface LeftFile {
  readonly name: string;
  /** What it needs for the new ones to work. */
  readonly advice: string;
}

/**
 * What is written and what is left.
 */
export interface NewProject {
  readonly written: readonly NewFile[];
  readonly left: readonly LeftFile[];
}

/**
 * The files of a new project, of which none replaces one that is there.
 *
 * @throws A refusal when one of the programs is there: somebody has been here before.
 */
export function newProject(answers: Answers, surroundings: DetectedProject, folder: string, files: Pick<Files, 'exists'>): NewProject {
  const has = ({ name }: NewFile) => files.exists(join(folder, name));
  const programs = programsOf(answers, surroundings);
  const there = programs.filter(has);
  if (there.length > 0) {
    throw userError({
      at: folder,
      given: `there is ${there.map(({ name }) => name).join(', ')}`,
      expected: 'a folder without the programs of a project like this one',
      fix: 'name another folder, or change these by hand',
    });
  }
  const others = otherFiles(answers, surroundings);
  return {
    written: [...programs, ...others.filter((file) => !has(file))],
    left: [...others.filter(has).map(({ name, advice }) => ({ name, advice })), ...existingPipeline(surroundings)],
  };
}

function programsOf(answers: Answers, surroundings: DetectedProject): NewFile[] {
  return [
    { name: 'targets.ts', text: targetsProgram(answers) },
    { name: 'access.ts', text: accessProgram(answers, surroundings) },
    { name: 'main.ts', text: mainProgram(answers, surroundings) },
    { name: 'pipeline.ts', text: pipelineProgram(answers, surroundings) },
    { name: pipelineFile(surroundings), text: pipelineOf(answers, surroundings).toYaml() },
    { name: 'DEPLOYING.md', text: nextSteps(answers, surroundings) },
  ];
}

function otherFiles(answers: Answers, { isHugoSite, hasDockerfile }: DetectedProject): Array<NewFile & LeftFile> {
  const dependencies = Object.entries(VERSIONS.dependencies).map(([name, version]) => `${name}@${version}`);
  const devDependencies = Object.entries(VERSIONS.devDependencies).map(([name, version]) => `${name}@${version}`);
  const scripts = Object.entries(SCRIPTS).map(([name, script]) => `'scripts.${name}=${script}'`);
  return [
    {
      name: 'package.json',
      text: packageJson(answers),
      advice: `npm install '${dependencies.join('\' \'')}' && npm install --save-dev '${devDependencies.join('\' \'')}' && npm pkg set ${scripts.join(' ')}`,
    },
    { name: 'tsconfig.json', text: TSCONFIG, advice: 'let it include targets.ts, access.ts, main.ts and pipeline.ts, for `npm run check`' },
    { name: '.gitignore', text: GITIGNORE, advice: `let git ignore ${IGNORED.join(', ')}` },
    ...isHugoSite && !hasDockerfile ? [{ name: 'Dockerfile', text: HUGO_DOCKERFILE, advice: '' }] : [],
  ];
}

function existingPipeline(surroundings: DetectedProject): LeftFile[] {
  if (!surroundings.hasPipeline) return [];
  return [{ name: '.gitlab-ci.yml', advice: `add to it:\n${includeLines(surroundings).slice(1, -1).map((line) => `    ${line}`).join('\n')}` }];
}
