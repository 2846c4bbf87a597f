import { join, resolve } from 'node:path';
import { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import { confirm } from '../command-line/confirm';
import { askOptions } from '../init/ask-options';
import { detectProject } from '../init/detect-project';
import { NewProject, newProject } from '../init/new-files';

const APPLICATION = 'Application';
const IMAGE = 'Image';
const CREDENTIAL = 'Credential';

/**
 * Writes the programs of a new project.
 */
export const init: Command = {
  name: 'init',
  summary: 'write the programs and the pipeline of a new project',
  operands: ['[FOLDER]'],
  required: 0,
  description: [
    'Writes targets.ts, access.ts, main.ts, pipeline.ts and its .gitlab-ci.yml, package.json, tsconfig.json, .gitignore, and DEPLOYING.md with the next steps.',
    'At a terminal it asks for each option that is missing. Elsewhere it uses the defaults.',
    '',
    'Existing files do not change; the result says what to add to them. An existing .gitlab-ci.yml can include the pipeline, which gets a file of its own.',
    'A deployment.yml with the placeholder IMAGE becomes a ManifestTemplate. A job before the image builds a Hugo site.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy init', does: 'Ask for everything, and write a project into this folder' },
    { line: 'cdk8s-ci-deploy init site --app web --target production=web --yes', does: 'Write a project with one target, without questions' },
    { line: 'cdk8s-ci-deploy init --dry-run', does: 'Show the files that it would write' },
  ],
  options: new Map([
    ['app', { takes: 'NAME', group: APPLICATION, summary: 'the application (default: the name of the folder)' }],
    ['target', {
      takes: 'ENVIRONMENT=NAMESPACE', many: true, group: APPLICATION, summary: 'an environment and its namespace, in the order of promotion (default: staging and production)',
    }],
    ['protected', { takes: 'ENVIRONMENT', many: true, group: APPLICATION, summary: 'let only protected refs deploy to it (default: production)' }],
    ['project', { takes: 'PATH', group: APPLICATION, summary: 'the project in GitLab (default: CI_PROJECT_PATH, then the git remote)' }],
    ['manifest', { takes: 'FILE', group: APPLICATION, summary: 'a manifest with a placeholder for the image (default: deployment.yml, if it exists)' }],
    ['placeholder', { takes: 'TEXT', group: APPLICATION, summary: 'the placeholder in the manifest (default: IMAGE)' }],
    ['builder', { takes: 'buildah|docker|prebuilt', group: IMAGE, summary: 'the builder of the image (default: buildah)' }],
    ['image', { takes: 'REFERENCE', group: IMAGE, needs: ['builder=prebuilt'], summary: 'the image, for the builder prebuilt' }],
    ['credential', { takes: 'kubeconfig|agent|oidc', group: CREDENTIAL, summary: 'the credential of deploy jobs (default: kubeconfig)' }],
    ['agent', { takes: 'PATH:NAME', group: CREDENTIAL, needs: ['credential=agent'], summary: 'with agent: the project and the name of the GitLab agent' }],
    ['agent-service-account', { takes: 'NAMESPACE/NAME', group: CREDENTIAL, needs: ['credential=agent'], summary: 'with agent: its ServiceAccount' }],
    ['gitlab-url', { takes: 'URL', group: CREDENTIAL, needs: ['credential=oidc'], summary: 'with oidc: the address of GitLab (default: that of the git remote)' }],
    ['project-id', { takes: 'ID', group: CREDENTIAL, needs: ['credential=oidc'], summary: 'with oidc: the project (default: CI_PROJECT_ID)' }],
    ['audience', { takes: 'TEXT', group: CREDENTIAL, needs: ['credential=oidc'], summary: 'with oidc: the audience that the API server expects (default: kubernetes-<app>)' }],
    ['server', { takes: 'URL', group: CREDENTIAL, needs: ['credential=oidc'], summary: 'with oidc: the API server' }],
    ['ca-file', { takes: 'FILE', group: CREDENTIAL, needs: ['credential=oidc'], summary: 'with oidc: the certificate authorities of the API server, PEM (default: those of the system)' }],
    ['yes', { summary: 'ask nothing' }],
    ['dry-run', { summary: 'write nothing, and name the files that it would write' }],
    ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
  ]),
  variables: new Map([
    ['CI_PROJECT_PATH', 'the project in GitLab'],
    ['CI_PROJECT_ID', 'with oidc: the id of the project'],
  ]),
  exitCodes: new Map([
    [0, 'done'],
    [1, 'not confirmed'],
    [2, 'wrong usage or input; nothing was written'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout } = context;
    const output = args.choice('output', ['text', 'json']);
    const folder = args.operands[0] ?? '.';
    const detected = await detectProject(context, folder);
    const answers = await askOptions({ ...context, cwd: resolve(context.cwd, folder) });
    const project = newProject(answers, detected, folder, files);

    if (!args.has('dry-run')) await write(context, folder, project);
    if (output === 'json') stdout.json(json(project));
    else stdout.write(text(folder, project, args.has('dry-run')));
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
    ...written.map(({ name }) => `${isDry ? 'would write' : 'written'}: ${join(folder, name)}`),
    ...left.flatMap(({ name, advice }) => [`unchanged: ${join(folder, name)}`, `  ${advice}`]),
    `next steps: ${join(folder, 'DEPLOYING.md')}`,
    '',
  ].join('\n');
}

function json({ written, left }: NewProject): object {
  return { written: written.map(({ name }) => name), left };
}
