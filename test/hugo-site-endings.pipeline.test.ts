import { parseAllDocuments } from 'yaml';
import { runKubectl } from './cluster/cluster';
import { cluster, onKwokOfItsOwn } from './cluster/on-kwok';
import { Processes } from './cluster/processes';
import { startRegistry } from './cluster/registry';
import { JOB_USER, SiteDelivery } from './gitlab-ci/site-delivery';
import type { JobDefinition } from './pipeline/runner/ci-file';
import { JobResult, PipelineRun } from './pipeline/runner/pipeline-run';
import { until } from './support/until';

onKwokOfItsOwn();

const JOB = 'deploy-staging';

let processes: Processes;
let delivery: SiteDelivery;
let pipeline: PipelineRun;

beforeAll(async () => {
  processes = new Processes();
  const dockerHub = await startRegistry(processes, { name: 'docker-hub' });
  const project = await startRegistry(processes, { name: 'project', user: JOB_USER });
  delivery = SiteDelivery.prepare(cluster, { dockerHub: dockerHub.address, project: project.address });
  pipeline = delivery.pipeline();
  expect(await pipeline.run({ jobs: ['build', 'container', 'synth'] })).toMatchObject({ synth: { status: 'success' } });
}, 600_000);

afterAll(async () => {
  await processes?.stop();
  delivery?.remove();
});

/** Changes the pods of the manifests, so that the next deployment is another release. */
function changePods(annotation: string): void {
  const manifests = Object.entries(pipeline.files('synth')).filter(([name]) => /\/staging\/.*\.yaml$/.test(name));
  const [path, content] = manifests.find(([, file]) => /^kind: Deployment$/m.test(Buffer.from(file).toString()))!;
  const documents = parseAllDocuments(Buffer.from(content).toString());
  for (const document of documents) {
    if (document.get('kind') === 'Deployment') document.setIn(['spec', 'template', 'metadata', 'annotations', 'example.com/ending'], annotation);
  }
  pipeline.replaceFiles('synth', { [path]: Buffer.from(documents.map(String).join('')) });
}

/** Without a node, no pod starts and each rollout waits. */
function hang(isHanging: boolean): void {
  for (const node of runKubectl(cluster.kubeconfig, ['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}']).split(' ')) {
    runKubectl(cluster.kubeconfig, [isHanging ? 'cordon' : 'uncordon', node]);
  }
}

/** What a job that has ended leaves. */
interface Left {
  readonly status: JobResult['status'];
  readonly afterScript: boolean;
  readonly junit: boolean;
  /** Whether the runner's disk still has the kubeconfig. */
  readonly kubeconfig: boolean;
  readonly lock: 'free' | 'held';
  /** The outcome of the newest release. */
  readonly release: string | undefined;
}

interface Ending {
  readonly change?: (job: JobDefinition) => JobDefinition;
  readonly isHanging: boolean;
  /** What happens when the rollout waits. */
  readonly meanwhile?: () => void;
  readonly left: Left;
}

const CLEAN = { afterScript: true, junit: true, kubeconfig: false, lock: 'free' } as const;

const ENDINGS: Array<[string, Ending]> = [
  ['success', { isHanging: false, left: { ...CLEAN, status: 'success', release: 'deployed' } }],
  ['a failed rollout', { isHanging: true, change: withRolloutTimeout, left: { ...CLEAN, status: 'failed', release: 'undone' } }],
  ['the end of its time', {
    isHanging: true,
    change: (job) => ({ ...job, timeout: 40, variables: scriptTimeout(job, '0s') }),
    left: { status: 'failed', afterScript: false, junit: false, kubeconfig: true, lock: 'free', release: 'failed' },
  }],
  ['the end of its script\'s time', {
    isHanging: true, change: (job) => ({ ...job, timeout: 600, variables: scriptTimeout(job, '40s') }), left: { ...CLEAN, status: 'failed', release: 'failed' },
  }],
  ['a cancel', { isHanging: true, meanwhile: () => pipeline.cancel(), left: { ...CLEAN, status: 'canceled', release: 'failed' } }],
  ['a cancel by force', {
    isHanging: true,
    meanwhile: () => pipeline.cancel({ force: true }),
    left: { status: 'canceled', afterScript: false, junit: false, kubeconfig: true, lock: 'free', release: 'failed' },
  }],
];

/** @param duration A Go duration. */
function scriptTimeout({ variables }: JobDefinition, duration: string): JobDefinition['variables'] {
  return { ...variables, RUNNER_SCRIPT_TIMEOUT: { value: duration, raw: false } };
}

function withRolloutTimeout(job: JobDefinition): JobDefinition {
  return { ...job, script: job.script.map((line) => line.replace(' --app web', ' --app web --timeout 5s')) };
}

test.each(ENDINGS)('a deploy job that ends by %s leaves what the table says, and the next job goes on from there', async (ending, { change = (job) => job, isHanging, meanwhile, left }) => {
  changePods(ending);
  hang(isHanging);
  const ended = pipeline.run({ jobs: [JOB], change: (job) => ({ ...change(job), afterScript: ['echo "after_script: $CI_JOB_STATUS"'] }) });
  if (meanwhile) {
    await until(() => pipeline.runningTrace.includes('wait until the release is ready'));
    meanwhile();
  }
  const { status, log } = (await ended)[JOB]!;
  const { newest, lock } = delivery.status('staging');
  const found: Left = {
    status,
    afterScript: log.includes('after_script: '),
    junit: pipeline.report(JOB, 'junit') !== undefined,
    kubeconfig: delivery.leftCredentials().length > 0,
    lock: lock ? 'held' : 'free',
    release: newest?.outcome,
  };
  expect({ found, log }).toEqual({ found: left, log });

  hang(false);
  expect(await pipeline.run({ jobs: [JOB] })).toMatchObject({ [JOB]: { status: 'success' } });
  expect(delivery.status('staging')).toMatchObject({ ok: true, newest: { outcome: 'deployed' }, lock: null });
  expect(delivery.leftCredentials()).toEqual([]);
});
