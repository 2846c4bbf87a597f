import { join } from 'node:path';
import { GITLAB_TOKEN, Stage } from '../recording/stage';
import { Run, Scenario } from '../scenario';

const ROOT = join(__dirname, '..', '..', '..');

const MANIFEST = `# The application.
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - { name: web, image: IMAGE } # the one of the pipeline
        - { name: proxy, image: registry.example.com/proxy:1 }
`;

const IMAGE = 'registry.example.com/web:1';
const HANDED_OVER = { IMAGE: 'registry.example.com/web@sha256:0123456789012345678901234567890123456789012345678901234567890123', IMAGE_PIPELINE_ID: '7', CI_PIPELINE_ID: '7', CI: 'true', CI_REGISTRY_IMAGE: 'registry.example.com' };

/** A program that uses the library of this checkout. */
function program(environments: readonly string[], path = ''): string {
  const targets = environments.map((name) => `DeployTarget.of({ environment: '${name}', namespace: 'web-${name}' })`);
  return [
    `require(${JSON.stringify(join(ROOT, 'node_modules', 'tsx', 'dist', 'cjs', 'index.cjs'))});`,
    `const { DeployTarget, GitlabPipeline } = require(${JSON.stringify(join(ROOT, 'src', 'index.ts'))});`,
    `new GitlabPipeline({ app: 'web', targets: [${targets.join(', ')}] }).write(${path === '' ? '' : `'${path}'`});`,
    '',
  ].join('\n');
}

const TWO = program(['staging', 'production']);
const pipeline = (command: string, options: Partial<Run> = {}): Run => ({ command, files: { 'pipeline.js': TWO }, ...options });

export const RENDERINGS: readonly Scenario[] = [
  {
    name: 'render',
    shows: 'The command sets the image in the containers and keeps every other byte.',
    runs: [
      { files: { 'app.yaml': MANIFEST }, command: `render app.yaml --image ${IMAGE}` },
      { command: `render app.yaml --image ${IMAGE} --container proxy --output json --file out.yaml` },
      { stdin: MANIFEST, command: 'render', variables: HANDED_OVER },
      { command: 'render app.yaml', variables: { ...HANDED_OVER, IMAGE_PIPELINE_ID: '6' } },
      { command: 'render app.yaml --image registry.example.com/web:latest' },
      { command: `render app.yaml --image ${IMAGE} --container missing` },
    ],
  },
];

export const PIPELINES: readonly Scenario[] = [
  {
    name: 'pipeline-write',
    shows: 'The command writes the pipeline of a program, and leaves a current file unchanged.',
    runs: [pipeline('pipeline --output json'), pipeline('pipeline --output json'), pipeline('pipeline --output -'), pipeline('pipeline --graph')],
  },
  {
    name: 'pipeline-check',
    shows: 'A file that differs from the program\'s output is drift.',
    runs: [
      pipeline('pipeline --check --output json'),
      pipeline('pipeline', { isGiven: true }),
      pipeline('pipeline --check --output json'),
      pipeline('pipeline --check --output json', { files: { 'pipeline.js': program(['staging']) } }),
      pipeline('pipeline --check --graph'),
      { command: 'pipeline missing.js' },
    ],
  },
  {
    name: 'pipeline-check-project',
    shows: 'With a GitLab token, the command checks the variables of the project and its group.',
    given: async (stage: Stage) => {
      stage.gitlab.addToken('glpat-of-an-owner', { group: 'owner' });
    },
    runs: [
      pipeline('pipeline', { isGiven: true }),
      pipeline('pipeline --check --gitlab-url {gitlab} --project 42 --output json', { variables: { GITLAB_TOKEN } }),
      pipeline('pipeline --check --save saved.json --output json'),
      pipeline('pipeline --check --from saved.json --gitlab-url {gitlab} --project 42 --output json', { variables: { GITLAB_TOKEN } }),
      pipeline('pipeline --check --from saved.json --gitlab-url {gitlab} --project group/site --output json', { variables: { GITLAB_TOKEN: 'glpat-of-an-owner' } }),
      pipeline('pipeline --check --from saved.json --gitlab-url {gitlab} --project 99 --output json', { variables: { GITLAB_TOKEN } }),
    ],
  },
];

export const INITS: readonly Scenario[] = [
  {
    name: 'init-new',
    shows: 'The command writes the programs of a new project. A dry run writes nothing.',
    runs: [{ command: 'init --app web --dry-run --output json' }, { command: 'init --app web --output json' }, { command: 'init --app web --output json' }],
  },
  {
    name: 'init-options',
    shows: 'The options set the targets, the image and the credential.',
    runs: [
      { files: { 'agent/deployment.yml': MANIFEST }, command: 'init agent --app web --target review=web-review --credential agent --agent group/agents:main --agent-service-account agents/main --project group/site --output json' },
      {
        command: 'init oidc --app web --credential oidc --gitlab-url https://gitlab.example.com --project-id 42 --server https://cluster.example.com --project group/site --output json',
      },
      { command: `init prebuilt --app web --builder prebuilt --image ${IMAGE} --project group/site --output json` },
      { command: 'init bad --app Web --output json' },
    ],
  },
];

export const USAGE: readonly Scenario[] = [
  {
    name: 'usage',
    shows: 'An unknown command is rejected. The help exits with 0.',
    runs: [
      { command: 'depoly' }, { command: '--help' }, { command: '--version' },
      ...['deploy', 'destroy', 'grant', 'history', 'init', 'kubeconfig', 'pipeline', 'render', 'revoke', 'rollback', 'rotate', 'status', 'verify'].map((name) => ({ command: `${name} --help` })),
    ],
  },
];
