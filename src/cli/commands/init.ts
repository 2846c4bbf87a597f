import { join, resolve } from 'node:path';
import { ExitCode } from '../base/exit-code';
import type { Command, Context } from '../command-line/command';
import { confirm } from '../command-line/confirm';
import { gatherAnswers } from '../init/ask-options';
import { detectProject } from '../init/detect-project';
import { NewProject, newProject } from '../init/new-files';

/**
 * Makes the programs of a new project.
 */
export const init: Command = {
  name: 'init',
  summary: 'write the programs and the pipeline of a new project',
  operands: ['[FOLDER]'],
  required: 0,
  description: [
    'Writes targets.ts, access.ts, main.ts, pipeline.ts and what that makes (.gitlab-ci.yml), package.json, tsconfig.json, .gitignore,',
    'and DEPLOYING.md with what is left to do. On a terminal it asks; elsewhere options and defaults answer.',
    '',
    'Nothing that is there is touched. Beside an existing .gitlab-ci.yml the pipeline goes into a file that it can include;',
    'what other files need is said. A deployment.yml with the placeholder IMAGE becomes a ManifestTemplate. A Hugo site is built by a job before the image.',
  ],
  options: new Map([
    ['app', { takes: 'NAME', summary: 'the application (default: the name of the folder)' }],
    ['target', { takes: 'ENVIRONMENT=NAMESPACE', many: true, summary: 'where it is deployed to, in the order of promotion (default: staging and production)' }],
    ['protected', { takes: 'ENVIRONMENT', many: true, summary: 'deploy to it from protected refs only (default: production)' }],
    ['project', { takes: 'PATH', summary: 'the project in GitLab (default: CI_PROJECT_PATH, then the git remote)' }],
    ['builder', { takes: 'buildah|docker|prebuilt', summary: 'who builds the image (default: buildah)' }],
    ['image', { takes: 'REFERENCE', summary: 'with prebuilt: the image' }],
    ['credential', { takes: 'kubeconfig|agent|oidc', summary: 'what deploy jobs reach the cluster with (default: kubeconfig)' }],
    ['agent', { takes: 'PATH:NAME', summary: 'with agent: GitLab\'s agent' }],
    ['agent-service-account', { takes: 'NAMESPACE/NAME', summary: 'with agent: the ServiceAccount that it runs as' }],
    ['gitlab-url', { takes: 'URL', summary: 'with oidc: the address of GitLab (default: that of the git remote)' }],
    ['project-id', { takes: 'ID', summary: 'with oidc: the project (default: CI_PROJECT_ID)' }],
    ['audience', { takes: 'TEXT', summary: 'with oidc: the audience that the API server expects (default: kubernetes-<app>)' }],
    ['server', { takes: 'URL', summary: 'with oidc: the API server' }],
    ['ca-file', { takes: 'FILE', summary: 'with oidc: the certificates that it is verified with (default: those that the system trusts)' }],
    ['manifest', { takes: 'FILE', summary: 'a manifest with a placeholder for the image (default: deployment.yml, if it is there)' }],
    ['placeholder', { takes: 'TEXT', summary: 'the image that stands for the one to come (default: IMAGE)' }],
    ['yes', { summary: 'ask nothing' }],
    ['dry-run', { summary: 'write nothing, and say what would be written' }],
    ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout } = context;
    const output = args.choice('output', ['text', 'json']);
    const folder = args.operands[0] ?? '.';
    const surroundings = await detectProject(context, folder);
    const answers = await gatherAnswers({ ...context, cwd: resolve(context.cwd, folder) });
    const project = newProject(answers, surroundings, folder, files);

    if (!args.has('dry-run')) await write(context, folder, project);
    stdout.write(output === 'json' ? json(project) : text(folder, project, args.has('dry-run')));
    return ExitCode.DONE;
  },
};

async function write(context: Context, folder: string, { written }: NewProject): Promise<void> {
  await confirm(context, `write ${written.map(({ name }) => name).join(', ')}?`);
  context.files.makeFolder(folder);
  for (const { name, text: content } of written) context.files.write(join(folder, name), content);
}

function text(folder: string, { written, left }: NewProject, isDry: boolean): string {
  return [
    ...written.map(({ name }) => `${isDry ? 'would be written' : 'written'}: ${join(folder, name)}`),
    ...left.flatMap(({ name, advice }) => [`left as it is: ${join(folder, name)}`, `  ${advice}`]),
    `what to do next is in ${join(folder, 'DEPLOYING.md')}`,
    '',
  ].join('\n');
}

function json({ written, left }: NewProject): string {
  return `${JSON.stringify({ written: written.map(({ name }) => name), left }, null, 2)}\n`;
}
