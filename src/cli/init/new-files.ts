import { join } from 'node:path';
import type { Answers } from './answers';
import type { DetectedProject } from './detect-project';
import { includeLines, nextSteps } from './next-steps';
import { pipelineFile, pipelineOf, pipelineProgram } from './pipeline-program';
import { accessProgram, mainProgram, targetsProgram } from './programs';
import { RENOVATE_FILES, renovateConfig } from './renovate';
import { userError } from '../../base/user-error';
import type { Files } from '../io/files';

/** The versions that a new project installs: the library's own lower bounds. */
const VERSIONS = {
  dependencies: { 'cdk8s': '^2.68.91', 'cdk8s-ci-deploy': '^0.1.0', 'cdk8s-plus-28': '^2.5.6', 'constructs': '^10.3.0' },
  devDependencies: { '@types/node': '^20.19.0', 'tsx': '^4.23.15', 'typescript': '~6.0.0' },
};

/** The scripts of its package.json. */
export const SCRIPTS = {
  access: 'tsx access.ts',
  synth: 'tsx main.ts',
  pipeline: 'cdk8s-ci-deploy pipeline',
  check: 'tsc --noEmit && cdk8s-ci-deploy pipeline --check',
};

const TSCONFIG = `${JSON.stringify({
  compilerOptions: { target: 'ES2022', module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0', strict: true, skipLibCheck: true, noEmit: true, types: ['node'] },
  include: ['*.ts'],
}, null, 2)}\n`;

const IGNORED = ['/dist/', '/node_modules/', '/public/', '/image.env', '/image.digest'];

/** nginx as a user other than root, on the port of CiDeployment. */
const HUGO_DOCKERFILE = `# The build job builds the site. The image only serves it, as user 101 on port 8080.
FROM docker.io/nginxinc/nginx-unprivileged:1.29-alpine
COPY public/ /usr/share/nginx/html/
`;

/**
 * A file to write.
 */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/**
 * An existing file, which stays as it is.
 */
export interface LeftFile {
  readonly name: string;
  /** The change that the new files need in it. */
  readonly advice: string;
}

/**
 * The files of a new project.
 */
export interface NewProject {
  readonly written: readonly NewFile[];
  readonly left: readonly LeftFile[];
}

/**
 * The files of a new project. None replaces an existing file.
 *
 * @throws When one of the programs exists: the folder has a project already.
 */
export function newProject(answers: Answers, detected: DetectedProject, folder: string, files: Pick<Files, 'exists'>): NewProject {
  const has = ({ name }: NewFile) => files.exists(join(folder, name));
  const programs = programsOf(answers, detected);
  const existing = programs.filter(has);
  if (existing.length > 0) {
    throw userError({
      at: folder,
      given: `it has ${existing.map(({ name }) => name).join(', ')}`,
      expected: 'a folder without the programs of a project',
      fix: 'name another folder, or edit these files',
    });
  }
  const others = [...otherFiles(answers, detected), renovateFile(detected, RENOVATE_FILES.find((name) => files.exists(join(folder, name))))];
  return {
    written: [...programs, ...others.filter((file) => !has(file))],
    left: [...others.filter(has).map(({ name, advice }) => ({ name, advice })), ...existingPipeline(detected)],
  };
}

function programsOf(answers: Answers, detected: DetectedProject): NewFile[] {
  return [
    { name: 'targets.ts', text: targetsProgram(answers) },
    { name: 'access.ts', text: accessProgram(answers, detected) },
    { name: 'main.ts', text: mainProgram(answers, detected) },
    { name: 'pipeline.ts', text: pipelineProgram(answers, detected) },
    { name: pipelineFile(detected), text: pipelineOf(answers, detected).toYaml() },
    { name: 'DEPLOYING.md', text: nextSteps(answers, detected) },
  ];
}

function otherFiles({ app }: Answers, { isHugoSite, hasDockerfile }: DetectedProject): Array<NewFile & LeftFile> {
  const dependencies = Object.entries(VERSIONS.dependencies).map(([name, version]) => `${name}@${version}`);
  const devDependencies = Object.entries(VERSIONS.devDependencies).map(([name, version]) => `${name}@${version}`);
  const scripts = Object.entries(SCRIPTS).map(([name, script]) => `'scripts.${name}=${script}'`);
  return [
    {
      name: 'package.json',
      text: `${JSON.stringify({ name: app, private: true, scripts: SCRIPTS, ...VERSIONS }, null, 2)}\n`,
      advice: `npm install '${dependencies.join('\' \'')}' && npm install --save-dev '${devDependencies.join('\' \'')}' && npm pkg set ${scripts.join(' ')}`,
    },
    { name: 'tsconfig.json', text: TSCONFIG, advice: 'include targets.ts, access.ts, main.ts and pipeline.ts, which `npm run check` compiles' },
    { name: '.gitignore', text: `${IGNORED.join('\n')}\n`, advice: `add ${IGNORED.join(', ')}` },
    ...isHugoSite && !hasDockerfile ? [{ name: 'Dockerfile', text: HUGO_DOCKERFILE, advice: '' }] : [],
  ];
}

function renovateFile(detected: DetectedProject, existing?: string): NewFile & LeftFile {
  const file = pipelineFile(detected);
  return {
    name: existing ?? 'renovate.json',
    text: renovateConfig(file),
    advice: `after an update of cdk8s-ci-deploy, let Renovate run \`npx cdk8s-ci-deploy pipeline\` (postUpgradeTasks), and leave out ${file} otherwise`,
  };
}

function existingPipeline(detected: DetectedProject): LeftFile[] {
  if (!detected.hasPipeline) return [];
  return [{ name: '.gitlab-ci.yml', advice: `add to it:\n${includeLines(detected).slice(1, -1).map((line) => `    ${line}`).join('\n')}` }];
}
