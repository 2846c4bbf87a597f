import { gunzipSync, gzipSync } from 'node:zlib';
import { broken, ciJob, claim, deploy, deployed, deployer, IN_CI, SHOP, version, WEB } from './shared';
import { configMap, deployment, job, secret, service, serviceAccount, statefulSet } from '../../cluster/application';
import { Scenario } from '../scenario';

const RELEASE = [configMap('web'), secret('web', { password: 'first' }), service('web'), deployment('web')];
const MAPS = ['a', 'b', 'c', 'd'].map((name) => configMap(name));
const migration = (image: string, podAnnotations = {}) => job('migration', { image, podAnnotations, annotations: { 'cdk8s-ci-deploy/before-workloads': 'true' } });
const REPORTS = '--dotenv deploy.env --junit deploy.xml';

/** Deploys that succeed. */
export const DEPLOY: readonly Scenario[] = [
  {
    name: 'deploy-first-release',
    shows: 'A first release creates its objects and records them.',
    given: deployer,
    runs: [deploy(RELEASE, REPORTS)],
  },
  {
    name: 'deploy-change',
    shows: 'A second release writes only the objects that have changed.',
    given: deployer,
    runs: [deployed(RELEASE), deploy([configMap('web', { key: 'new' }), ...RELEASE.slice(1, 3), version('web', '2')], `--diff ${REPORTS}`)],
  },
  {
    name: 'deploy-no-change',
    shows: 'A release without a change writes only the record.',
    given: deployer,
    runs: [deployed(RELEASE), deploy(RELEASE, REPORTS)],
  },
  {
    name: 'deploy-many-kinds',
    shows: 'The command applies the kinds in order.',
    given: deployer,
    runs: [deploy([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'web' },
        spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
      },
      { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } },
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
      },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'once', image: 'registry.example.com/web:1' }] } } } } },
      },
      statefulSet('db'), deployment('web'), service('web'), serviceAccount('web'), configMap('web'), secret('web', { password: 'first' }), claim('data'),
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'web' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'web' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'web' },
        subjects: [{ kind: 'ServiceAccount', name: 'web' }],
      },
    ])],
  },
  {
    name: 'deploy-prune',
    shows: 'Objects that are no longer in the release are deleted last. Claims and Secrets with values stay.',
    given: deployer,
    runs: [deployed([...MAPS, configMap('old'), claim('data'), secret('full', { a: 'value' }), secret('empty', {})]), deploy(MAPS)],
  },
  {
    name: 'deploy-prune-data',
    shows: 'With --prune-data, claims and Secrets are deleted, too.',
    given: deployer,
    runs: [deployed([...MAPS, claim('data'), secret('full', { a: 'value' })]), deploy(MAPS, '--prune-data')],
  },
  {
    name: 'deploy-prune-many',
    shows: 'More than half of the objects are deleted only with --allow-prune-many.',
    given: deployer,
    runs: [deployed(MAPS), deploy([configMap('a')]), deploy([configMap('a')], '--allow-prune-many')],
  },
  {
    name: 'deploy-no-prune',
    shows: 'With --no-prune, the objects stay in the cluster and in the record.',
    given: deployer,
    runs: [deployed([...MAPS, configMap('old')]), deploy(MAPS, '--no-prune')],
  },
  {
    name: 'deploy-dry-run',
    shows: 'A dry run writes nothing.',
    given: deployer,
    runs: [deploy(RELEASE, `--dry-run --diff ${REPORTS}`), deployed([...RELEASE, configMap('old')]), deploy([...RELEASE.slice(0, 3), version('web', '2')], '--dry-run --diff')],
  },
  {
    name: 'deploy-adopt',
    shows: 'Objects without an owner become part of the release only with --adopt.',
    given: async (stage) => {
      await deployer(stage);
      await stage.administrator.create(stage.path('v1/configmaps'), configMap('web', { key: 'value', other: 'theirs' }));
      await stage.administrator.apply(stage.path('apps/v1/deployments/web'), deployment('web'), 'kubectl');
    },
    runs: [deploy([configMap('web'), version('web', '2')]), deploy([configMap('web'), version('web', '2')], '--adopt')],
  },
  {
    name: 'deploy-conflict',
    shows: 'A field of another manager is overwritten only with --force-conflicts.',
    given: deployer,
    runs: [
      deployed([configMap('web')]),
      deploy([configMap('web', { key: 'ours' })], '', {
        before: async (stage) => void await stage.administrator.apply(stage.path('v1/configmaps/web'), configMap('web', { key: 'theirs' })),
      }),
      deploy([configMap('web', { key: 'ours' })], '--force-conflicts'),
    ],
  },
  {
    name: 'deploy-job-before-workloads',
    shows: 'A Job with the annotation completes before the workloads are applied.',
    given: deployer,
    runs: [deploy([migration('registry.example.com/web:1'), configMap('web'), deployment('web')])],
  },
  {
    name: 'deploy-job-again',
    shows: 'A Job runs again only when it has changed.',
    given: deployer,
    runs: [deployed([job('once')]), deploy([job('once')]), deploy([job('once', { image: 'registry.example.com/web:2' })])],
  },
  {
    name: 'deploy-job-gone',
    shows: 'A Job that the cluster has deleted after its end does not run again.',
    given: deployer,
    runs: [
      deployed([withTtl(job('once')), configMap('web')]),
      deploy([withTtl(job('once')), configMap('web')], '', { before: async (stage) => stage.administrator.delete(`${stage.path('batch/v1/jobs/once')}?propagationPolicy=Background`) }),
    ],
  },
  {
    name: 'deploy-in-ci',
    shows: 'In a CI job, the release records the job, and the lock names it.',
    given: deployer,
    runs: [deploy(RELEASE, REPORTS, { as: IN_CI, variables: ciJob(10, 100) })],
  },
  {
    name: 'deploy-outdated',
    shows: 'An older pipeline is rejected. With --allow-outdated, and as GitLab\'s rollback, it deploys.',
    given: deployer,
    runs: [
      deployed([configMap('web')], { as: IN_CI, variables: ciJob(8, 80, 'a') }),
      deployed([configMap('web', { key: 'new' })], { as: IN_CI, variables: ciJob(10, 100, 'b') }),
      deploy([configMap('web', { key: 'old' })], '', { as: IN_CI, variables: ciJob(9, 90, 'c') }),
      deploy([configMap('web', { key: 'old' })], '--allow-outdated', { as: IN_CI, variables: ciJob(9, 90, 'c') }),
      deploy([configMap('web')], '', { as: IN_CI, variables: ciJob(8, 101, 'a') }),
    ],
  },
  {
    name: 'deploy-large',
    shows: 'Manifests that do not fit into one Secret are recorded in several.',
    given: deployer,
    runs: [deploy([configMap('one', { key: noise(1, 500_000) }), configMap('two', { key: noise(2, 500_000) })]), deploy([configMap('one')])],
  },
  {
    name: 'deploy-two-applications',
    shows: 'Each of two applications in a namespace prunes only its own objects.',
    given: deployer,
    runs: [
      deployed([...MAPS, configMap('old')]),
      deploy([configMap('shop'), version('shop', '1')], '', { as: SHOP }),
      deploy(MAPS),
    ],
  },
  {
    name: 'deploy-empty',
    shows: 'Manifests without an object are accepted only with --allow-empty.',
    given: deployer,
    runs: [
      deployed([configMap('web')]),
      { ...deploy([]), files: { 'app.yaml': '# nothing\n' } },
      { ...deploy([], '--allow-empty'), files: { 'app.yaml': '# nothing\n' } },
    ],
  },
  {
    name: 'deploy-folder',
    shows: 'With --recursive, a folder is read with its subfolders. The file "-" is standard input.',
    given: deployer,
    runs: [
      {
        files: { 'dist/one.yaml': [configMap('one')], 'dist/two.json': [configMap('two')], 'dist/more/three.yaml': [configMap('three')], 'dist/README.md': 'no manifest' },
        command: `deploy dist ${WEB} --recursive --output json`,
      },
      { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [configMap('one'), configMap('two')] }), command: `deploy - ${WEB} --output json` },
    ],
  },
];

/** Deploys that are rejected or fail. */
export const DEPLOY_FAILURES: readonly Scenario[] = [
  {
    name: 'deploy-refused-manifests',
    shows: 'Invalid manifests are rejected before a request is sent.',
    given: deployer,
    runs: [
      deploy([{ ...configMap('web') as object, metadata: { name: 'Web' } }], '--junit deploy.xml'),
      deploy([{ ...configMap('web') as object, metadata: { name: 'web', namespace: 'elsewhere' } }]),
      deploy([deployment('web', { image: 'registry.example.com/web:latest' })]),
      deploy([deployment('web')], '--allow-registry registry.example.com/other'),
      deploy([{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'web' }, rules: [] }]),
      deploy([configMap('web'), configMap('web')]),
    ],
  },
  {
    name: 'deploy-refused-usage',
    shows: 'Wrong options are rejected before a request is sent.',
    given: deployer,
    runs: [
      { command: 'deploy' },
      { command: `deploy app.yaml ${WEB} --prune-everything` },
      { command: `deploy app.yaml ${WEB} --timeout soon` },
      { command: 'deploy app.yaml --app web --kubeconfig ci.kubeconfig' },
      { command: `deploy app.yaml ${WEB} --server https://elsewhere.example.com` },
      { command: `deploy missing.yaml ${WEB}` },
    ],
  },
  {
    name: 'deploy-refused-by-server',
    shows: 'All objects that the dry run rejects are listed, and nothing is written.',
    given: deployer,
    runs: [deploy([
      configMap('web'), { ...configMap('strict') as object, dtaa: {} }, { ...service('web') as object, spec: { ports: [{ port: 100_000 }] } },
    ], '--junit deploy.xml')],
  },
  {
    name: 'deploy-refused-foreign',
    shows: 'An object of another application is rejected.',
    given: deployer,
    runs: [deployed([configMap('common')], { as: SHOP }), deploy([configMap('common'), configMap('web')]), deploy([configMap('common'), configMap('web')], '--adopt --force-conflicts')],
  },
  {
    name: 'deploy-refused-quota',
    shows: 'A release that exceeds the quota is rejected.',
    given: async (stage) => {
      await deployer(stage);
      await stage.administrator.create(stage.path('v1/resourcequotas'), { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: { hard: { pods: '2' } } });
      await stage.until('the quota is in force', async () => (await stage.administrator.get(stage.path('v1/resourcequotas/quota'))).status?.used?.pods === '0');
    },
    runs: [deploy([deployment('web', { replicas: 5 })])],
  },
  {
    name: 'deploy-refused-rights',
    shows: 'A credential that may only read is rejected.',
    given: async (stage) => stage.makeDeployer('view'),
    runs: [deploy([configMap('web')])],
  },
  {
    name: 'deploy-refused-credential',
    shows: 'A credential that the server does not know is rejected.',
    given: deployer,
    runs: [deploy([configMap('web')], '', { before: (stage) => stage.write('ci.kubeconfig', stage.read('ci.kubeconfig').replace(/token: "?(\S{20})\S*/, 'token: $1')) })],
  },
  {
    name: 'deploy-refused-record',
    shows: 'A damaged record, or a record of a later format, is rejected.',
    given: deployer,
    runs: [
      deployed([configMap('web')]),
      deploy([configMap('web')], '', { before: async (stage) => stage.changeRecord((record) => gzipSync(gunzipSync(record).toString().replace('"format":2', '"format":3'))) }),
      deploy([configMap('web')], '', { before: async (stage) => stage.changeRecord(() => Buffer.from('damaged')) }),
    ],
  },
  {
    name: 'deploy-take-over',
    shows: 'An application with another name takes over the record, objects and pull secrets of its former name.',
    given: deployer,
    runs: [
      deployed([...RELEASE, configMap('old'), ...MAPS], { as: SHOP }),
      deploy([configMap('web', { key: 'new' }), ...RELEASE.slice(1), ...MAPS], '--take-over-from local/production/shop --dry-run'),
      deploy([configMap('web', { key: 'new' }), ...RELEASE.slice(1), ...MAPS], '--take-over-from local/production/shop'),
      deploy([configMap('web', { key: 'new' }), ...RELEASE.slice(1), ...MAPS], '--take-over-from local/production/shop'),
      { command: `history ${WEB} --output json` },
    ],
  },
  {
    name: 'deploy-take-over-refused',
    shows: 'A take-over is rejected when the former identity has no record, or both identities have releases.',
    given: deployer,
    runs: [
      deploy(MAPS, '--take-over-from local/production/shop'),
      deployed([configMap('shop')], { as: SHOP }),
      deployed(MAPS),
      deploy(MAPS, '--take-over-from local/production/shop'),
    ],
  },
  {
    name: 'deploy-failure',
    shows: 'A release whose pods do not start fails, and stays in the cluster.',
    given: deployer,
    runs: [deployed(RELEASE), deploy([configMap('web', { key: 'new' }), broken('web')], `--timeout 30s ${REPORTS}`)],
  },
  {
    name: 'deploy-failure-first',
    shows: 'With --rollback-on-failure, a failed first release is deleted.',
    given: deployer,
    runs: [deploy([configMap('web'), secret('web', { password: 'first' }), broken('web')], `--rollback-on-failure --timeout 30s ${REPORTS}`)],
  },
  {
    name: 'deploy-failure-rolled-back',
    shows: 'In a CI job, a failed release is rolled back to the last deployed one.',
    given: deployer,
    runs: [
      deployed([...RELEASE, configMap('old'), ...MAPS], { as: IN_CI, variables: ciJob(10, 100) }),
      deploy([configMap('web', { key: 'new' }), configMap('new'), secret('web', { password: 'second' }), service('web'), broken('web'), ...MAPS], `--timeout 30s ${REPORTS}`, {
        as: IN_CI, variables: ciJob(11, 110, 'b'),
      }),
      { command: `history ${IN_CI} --output json`, variables: ciJob(11, 110, 'b') },
    ],
  },
  {
    name: 'deploy-failure-of-job',
    shows: 'When a Job before the workloads fails, the workloads stay unchanged.',
    given: deployer,
    runs: [deployed([deployment('web')]), deploy([migration('registry.example.com/web:2', { 'e2e/fault': 'image-pull' }), version('web', '2')], '--timeout 30s --rollback-on-failure')],
  },
  {
    name: 'deploy-lock-held',
    shows: 'The command waits for a lock that another job renews, and does not take it.',
    given: async (stage) => {
      await deployer(stage);
      await stage.holdLock('cdk8s-ci-deploy-web-production-d4bd613d68', 'https://gitlab.example.com/group/site/-/jobs/1', 3600);
    },
    runs: [deploy([configMap('web')], '--lock-wait 10s')],
  },
  {
    name: 'deploy-lock-left',
    shows: 'The command takes a lock of a killed job after its expiry.',
    given: async (stage) => {
      await deployer(stage);
      await stage.holdLock('cdk8s-ci-deploy-web-production-d4bd613d68', 'https://gitlab.example.com/group/site/-/jobs/1', 5);
    },
    runs: [deploy([configMap('web')], '--lock-wait 5m')],
  },
  {
    name: 'deploy-ended-by-signal',
    shows: 'After a signal, the command completes the current request and releases the lock.',
    given: deployer,
    runs: [deployed([configMap('web'), deployment('web')]), deploy([configMap('web', { key: 'new' }), version('web', '2')], '', { endedAt: { method: 'PATCH', path: /\/configmaps\/web\?(?!.*dryRun)/ } })],
  },
  {
    name: 'deploy-passing-faults',
    shows: 'The command retries after a 503, a 429 and a lost response.',
    given: deployer,
    runs: [
      deployed([configMap('web')]),
      deploy([configMap('web', { key: 'new' }), deployment('web')], '', {
        before: (stage) => {
          stage.kubernetesProxy.faults = [
            { method: 'GET', path: /\/configmaps\/web/, fault: { status: 503, body: failure(503, 'ServiceUnavailable') } },
            { method: 'PATCH', path: /\/deployments\/web\?.*dryRun/, fault: { status: 429, body: failure(429, 'TooManyRequests') } },
            { method: 'PATCH', path: /\/deployments\/web\?(?!.*dryRun)/, fault: 'cut' },
          ];
        },
      }),
    ],
  },
  {
    name: 'deploy-lost-answers',
    shows: 'After a lost response, the command finds the object that it has created.',
    given: deployer,
    runs: [deploy([configMap('web'), deployment('web')], '', {
      before: (stage) => {
        stage.kubernetesProxy.faults = [
          { method: 'POST', path: /\/leases/, fault: 'cut' },
          { method: 'POST', path: /\/secrets/, fault: 'cut' },
          { method: 'PATCH', path: /\/configmaps\/web\?(?!.*dryRun)/, fault: 'cut' },
          { method: 'PATCH', path: /\/secrets\/cdk8s-ci-deploy/, fault: 'cut' },
        ];
      },
    })],
  },
  {
    name: 'deploy-server-fails',
    shows: 'A write that the server keeps rejecting fails the release, which is rolled back.',
    given: deployer,
    runs: [
      deployed([configMap('web'), deployment('web')]),
      deploy([configMap('web', { key: 'new' }), version('web', '2')], '--rollback-on-failure', {
        before: (stage) => {
          stage.kubernetesProxy.faults = [{ method: 'PATCH', path: /\/deployments\/web\?(?!.*dryRun)/, fault: { status: 403, body: failure(403, 'Forbidden') } }];
        },
      }),
    ],
  },
];

function failure(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'it is broken on purpose', reason, code };
}

function withTtl(object: object): object {
  const { spec, ...rest } = object as { readonly spec: object };
  return { ...rest, spec: { ...spec, ttlSecondsAfterFinished: 600 } };
}

/** Text that does not compress well and is equal in every run. */
function noise(seed: number, length: number): string {
  let [state, text] = [seed, ''];
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text.slice(0, length);
}
