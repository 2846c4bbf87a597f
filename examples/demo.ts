import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Yaml } from 'cdk8s';
import { gitlabJob } from './gitlab-job';

const root = resolve(__dirname, '..');
const site = join(__dirname, 'hugo-site');
const dist = join(site, 'dist');

const print = (...lines: string[]) => console.log(lines.join('\n'));

function run(program: string, variables: { [name: string]: string } = {}) {
  const { PATH, HOME } = process.env;
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  return spawnSync(tsx, [program], { cwd: site, encoding: 'utf8', env: { PATH, HOME, ...gitlabJob, ...variables } });
}

function mustRun(program: string): void {
  const { status, stderr } = run(program);
  if (status !== 0) throw new Error(`${program} failed:\n${stderr}`);
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function objects(file: string): any[] {
  return Yaml.load(file);
}

function account(environment: string): string[] {
  const access = objects(join(dist, `access-${environment}.yaml`));
  const { roleRef, subjects, metadata } = access.find((object) => object.kind === 'RoleBinding');
  const deployment = objects(join(dist, environment, 'web.k8s.yaml')).find((object) => object.kind === 'Deployment');
  return [
    `  ${environment}`,
    `    identity   ${subjects[0].kind} ${subjects[0].namespace}/${subjects[0].name}`,
    `    role       ${roleRef.kind} ${roleRef.name}, in namespace ${metadata.namespace} only`,
    `    image      ${deployment.spec.template.spec.containers[0].image}`,
    `    source     ${deployment.metadata.annotations['cdk8s-ci-deploy/image-source']}`,
  ];
}

function pipeline(): string[] {
  const [{ stages, ...jobs }] = objects(join(site, '.gitlab-ci.yml')) as [any];
  return Object.entries<any>(jobs).map(([name, { stage, needs = [], environment }]) => {
    const after = needs.map(({ job, artifacts }: any) => (artifacts ? `${job} with its artifacts` : job)).join(', ');
    return `  ${stages.indexOf(stage) + 1} ${stage.padEnd(7)} ${name.padEnd(18)} ${[after && `needs ${after}`, environment && `uses the credential of ${environment.name}`].filter(Boolean).join('; ')}`.trimEnd();
  });
}

function refusal(label: string, variables: { [name: string]: string }): string[] {
  const { status, stderr } = run('main.ts', variables);
  if (status === 0) throw new Error(`main.ts accepted ${label}`);
  const message = /\[[^\]]+\] (.+)/.exec(stderr)?.[1] ?? stderr;
  return [`  ${label}`, `    ${message}`];
}

rmSync(dist, { recursive: true, force: true });
['access.ts', 'main.ts', 'template.ts', 'pipeline.ts'].forEach(mustRun);
const manifests = files(dist);
const before = manifests.map((file) => readFileSync(file, 'utf8'));

print('', 'Manifests of examples/hugo-site, synthesized as in job "synth" of pipeline 4711:', '', ...manifests.map((file) => `  ${relative(process.cwd(), file)}`));
print('', 'Access and image of each environment', ...['staging', 'production'].flatMap(account));
print('', 'Jobs of the generated .gitlab-ci.yml, by stage', ...pipeline());
print('', 'Errors for wrong images. No manifest is written.',
  ...refusal('a mutable tag', { IMAGE: 'registry.example.com/group/site:latest' }),
  ...refusal('an image of another pipeline', { IMAGE_PIPELINE_ID: '4710' }),
  ...refusal('an unexpanded variable', { IMAGE: '$CI_REGISTRY_IMAGE:1' }),
  ...refusal('another registry', { IMAGE: 'registry.example.net/group/site:1' }), '');

if (manifests.some((file, index) => readFileSync(file, 'utf8') !== before[index])) throw new Error('a program that failed wrote a manifest');
