import { configMap, deployment, job, secret, service } from './cluster/application';
import { tryKubectl } from './cluster/cluster';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, deployAs, release, writesOf } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { until } from './support/until';
import { Interrupted } from '../src/cli/base/failure';

onKwok();

/** Pods of it never get their image. */
const broken = (name: string) => deployment(name, { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } });

describe('an object that is no longer in the release', () => {
  let deployer: Deployer;

  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const names = (kind: string) => deployer.admin('get', kind, '-l', 'cdk8s-ci-deploy/part-of', '-o', 'jsonpath={.items[*].metadata.name}');
  const base = [configMap('a'), configMap('b'), configMap('c'), configMap('d')];

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'pruned');
  });

  test('exists with the first release', async () => {
    expect(await deploy(deployer, [...base, configMap('old'), claim, secret('full', { a: 'value' }), secret('empty', {})])).toMatchObject({ code: 0 });
  });

  test('is deleted, unless it has data', async () => {
    const { code, stdout } = await deploy(deployer, base);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^removed +ConfigMap old$/m);
    expect(stdout).toMatch(/^removed +Secret empty$/m);
    expect(stdout).toMatch(/^left +PersistentVolumeClaim data +no longer in the release$/m);
    expect([names('configmaps'), names('secrets'), names('pvc')]).toEqual(['a b c d', 'full', 'data']);
  });

  test('is kept when it belongs to somebody else now', async () => {
    deployer.admin('delete', 'configmap', 'd');
    deployer.create(configMap('d'));
    expect(await deploy(deployer, base.slice(0, 3))).toMatchObject({ code: 0 });
    expect(deployer.admin('get', 'configmap', 'd', '-o', 'name')).toBe('configmap/d\n');
  });

  test('is kept when more than half of all objects would be deleted', async () => {
    const { code, stderr } = await deploy(deployer, [configMap('a'), configMap('new')], '--prune-data');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('prune: 4 of 5 objects are not in this release (ConfigMap b, ConfigMap c') });
    expect(names('configmaps')).toBe('a b c');
    expect(await deploy(deployer, [configMap('a')], '--prune-data', '--allow-prune-many')).toMatchObject({ code: 0 });
    expect([names('configmaps'), names('secrets')]).toEqual(['a', '']);
  });

  test('is not deleted by another application of the namespace', async () => {
    expect(await deploy(deployer, [configMap('other')], '--allow-prune-many')).toMatchObject({ code: 0 });
    expect(await deployAs(deployer, { app: 'api' }, [configMap('api')])).toMatchObject({ code: 0 });
    expect(await deploy(deployer, [configMap('another')])).toMatchObject({ code: 0 });
    expect(names('configmaps')).toBe('another api');
  });
});

describe('an object with an annotation that keeps it', () => {
  let deployer: Deployer;

  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', annotations: { 'cdk8s-ci-deploy/do-not-delete': 'true' } }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const edge = { ...service('edge'), metadata: { name: 'edge', annotations: { 'helm.sh/resource-policy': 'keep' } } };
  const base = [configMap('a'), configMap('b'), configMap('c'), configMap('d')];
  const uid = (kind: string, name: string) => deployer.admin('get', kind, name, '-o', 'jsonpath={.metadata.uid}');
  const uids = () => [uid('pvc', 'data'), uid('service', 'edge'), uid('configmap', 'live')];
  let before: string[];

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'protected');
  });

  test('stays in the cluster and in the record when it leaves the release, also when only the live object has the annotation', async () => {
    expect(await deploy(deployer, [...base, configMap('live'), edge, claim])).toMatchObject({ code: 0 });
    deployer.admin('annotate', 'configmap', 'live', 'argocd.argoproj.io/sync-options=Prune=false');
    before = uids();
    const { code, stdout } = await deploy(deployer, base, '--prune-data', '--output', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      removed: [],
      left: [
        { kind: 'ConfigMap', name: 'live', keptBy: 'argocd.argoproj.io/sync-options' },
        { kind: 'Service', name: 'edge', keptBy: 'helm.sh/resource-policy' },
        { kind: 'PersistentVolumeClaim', name: 'data', keptBy: 'cdk8s-ci-deploy/do-not-delete' },
      ],
    });
    expect((await deploy(deployer, base)).stdout).toMatch(/^left +Service edge +no longer in the release; annotation helm\.sh\/resource-policy keeps it$/m);
    expect(uids()).toEqual(before);
  });

  test('stays when the application is destroyed', async () => {
    const { code, stdout } = await release(deployer, {}, 'destroy', '--prune-data');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^left +Service edge +no longer in the release; annotation helm\.sh\/resource-policy keeps it$/m) });
    expect(uids()).toEqual(before);
    expect(await release(deployer, {}, 'destroy')).toMatchObject({ code: 0, stdout: expect.stringContaining('3 left in') });
  });

  test('is in the release again without --adopt', async () => {
    const { code, stdout } = await deploy(deployer, [...base, configMap('live'), edge, claim]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^changed +Service edge/m) });
    expect(uids()).toEqual(before);
    expect(stdout).not.toContain('adopted');
  });

  test('stays when the release that created it fails', async () => {
    const created = { ...configMap('created'), metadata: { name: 'created', annotations: { 'helm.sh/resource-policy': 'keep' } } };
    const { code, stderr } = await deploy(deployer, [...base, configMap('live'), edge, claim, created, broken('web')], '--rollback-on-failure');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^ConfigMap created is not deleted: annotation helm\.sh\/resource-policy keeps it$/m) });
    expect(uid('configmap', 'created')).not.toBe('');
    expect(await deploy(deployer, [...base, configMap('live'), edge, claim, created])).toMatchObject({ code: 0 });
  });

  test('is deleted when the annotation was removed before', async () => {
    deployer.admin('annotate', 'service', 'edge', 'helm.sh/resource-policy-');
    const { code, stdout } = await deploy(deployer, [...base, configMap('live'), claim]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^removed +Service edge$/m) });
  });
});

describe('a failed release', () => {
  let deployer: Deployer;

  const images = () => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'undone');
  });

  test('is removed when it is the first', async () => {
    const { code, stderr } = await deploy(deployer, [configMap('web'), secret('web', { password: 'first' }), broken('web')], '--rollback-on-failure');
    expect(code).toBe(1);
    expect(stderr).toContain('rolled back: this first release is removed');
    expect(deployer.admin('get', 'configmaps,secrets,deployments', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'name')).toBe('');
  });

  test('is replaced by the last deployed release, as it was', async () => {
    expect(await deploy(deployer, [configMap('web'), secret('web', { password: 'good' }), deployment('web')])).toMatchObject({ code: 0 });
    const { code, stderr } = await deploy(deployer, [configMap('web', { key: 'new' }), configMap('new'), secret('web', { password: 'bad' }), broken('web')], '--rollback-on-failure');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^rolled back: release 2 is restored$/m);
    expect(images()).toBe('registry.example.com/web:1');
    expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.metadata.annotations}')).toBe('');
    expect(deployer.admin('get', 'configmaps', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'jsonpath={.items[*].metadata.name} {.items[*].data.key}')).toBe('web value');
    expect(deployer.admin('get', 'secret', 'web', '-o', 'jsonpath={.data.password}')).toBe(Buffer.from('good').toString('base64'));
  });

  test('is rolled back when the server rejects an object that passed the dry run', async () => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'not-really' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }] },
        validations: [{ expression: 'request.dryRun || object.metadata.name != "late"', message: 'not really' }],
      },
    };
    const binding = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'not-really' },
      spec: { policyName: 'not-really', validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'undone' } } } },
    };
    deployer.create(policy);
    deployer.create(binding);
    await untilRefused(deployment('late'));
    const { code, stderr } = await deploy(deployer, [configMap('web', { key: 'new' }), deployment('web', { image: 'registry.example.com/web:2' }), deployment('late')], '--rollback-on-failure');
    expect(code).toBe(1);
    expect(stderr).toContain('not really');
    expect(stderr).toMatch(/^rolled back: release 2 is restored$/m);
    expect(deployer.admin('get', 'configmap', 'web', '-o', 'jsonpath={.data.key}')).toBe('value');
    expect(images()).toBe('registry.example.com/web:1');
  });

  /** The API server learns of a policy a moment after it was made. */
  async function untilRefused(manifest: object): Promise<void> {
    await until(() => {
      const { status, stderr } = tryKubectl(cluster.kubeconfig, ['-n', deployer.namespace, 'create', '-f', '-'], JSON.stringify(manifest));
      if (status !== 0 && stderr.includes('not really')) return true;
      deployer.admin('delete', '--ignore-not-found', 'deployment', 'late');
      return false;
    });
  }

  test('stays with --no-rollback-on-failure', async () => {
    expect(await deploy(deployer, [configMap('web'), broken('web')], '--timeout', '2s')).toMatchObject({ code: 1 });
    expect(images()).toBe('registry.example.com/web:missing');
  });
});

describe('a rollback', () => {
  let deployer: Deployer;

  const image = () => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  const names = (kind: string) => deployer.admin('get', kind, '-l', 'cdk8s-ci-deploy/part-of', '-o', 'jsonpath={.items[*].metadata.name}');
  const version = (tag: string) => deployment('web', { image: `registry.example.com/web:${tag}` });

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'back');
  });

  test('has two releases to choose from', async () => {
    expect(await deploy(deployer, [version('1'), configMap('one'), secret('web', { a: 'first' }), job('once')])).toMatchObject({ code: 0 });
    expect(await deploy(deployer, [version('2'), configMap('two'), secret('web', { a: 'second' }), job('once', { image: 'registry.example.com/web:2' })])).toMatchObject({ code: 0 });
  });

  test('applies the recorded previous release, without Secrets and Jobs', async () => {
    const before = deployer.admin('get', 'job', 'once', '-o', 'jsonpath={.metadata.uid}');
    const { code, stdout, stderr } = await release(deployer, {}, 'rollback');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^rollback to release 1 of /m) });
    expect(stderr).toMatch(/^Job once stays as it is$/m);
    expect(stderr).toMatch(/^Secret web stays as it is$/m);
    expect(stdout).toMatch(/^removed +ConfigMap two$/m);
    expect([image(), names('configmaps'), names('secrets')]).toEqual(['registry.example.com/web:1', 'one', 'web']);
    expect(deployer.admin('get', 'secret', 'web', '-o', 'jsonpath={.data.a}')).toBe(Buffer.from('second').toString('base64'));
    expect(deployer.admin('get', 'job', 'once', '-o', 'jsonpath={.metadata.uid}')).toBe(before);
  });

  test('restores the release of --to', async () => {
    expect(await release(deployer, {}, 'rollback', '--to', '2')).toMatchObject({ code: 0 });
    expect([image(), names('configmaps'), names('secrets')]).toEqual(['registry.example.com/web:2', 'two', 'web']);
    expect(await release(deployer, {}, 'rollback', '--to', '99')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no release 99 to roll back to; recorded releases: 4 (deployed), 3') });
  });

  test('is rejected when it would delete most objects, or an image is not from an allowed registry', async () => {
    const many = { app: 'many' };
    expect(await deployAs(deployer, many, [configMap('many-a')])).toMatchObject({ code: 0 });
    expect(await deployAs(deployer, many, [...['b', 'c', 'd'].map((name) => configMap(`many-${name}`)), deployment('many')], '--allow-prune-many')).toMatchObject({ code: 0 });
    expect(await release(deployer, many, 'rollback')).toMatchObject({ code: 1, stderr: expect.stringContaining('prune: 4 of 4 objects are not in this release') });
    expect(await release(deployer, many, 'rollback', '--allow-prune-many')).toMatchObject({ code: 0 });
    const elsewhere = ['--to', '2', '--allow-registry', 'registry.example.com/other'];
    expect(await release(deployer, many, 'rollback', ...elsewhere)).toMatchObject({
      code: 2, stderr: expect.stringMatching(/^cdk8s-ci-deploy: release 2 in Secret .*: Deployment "many": image of container "web": .* is in "registry\.example\.com\/web", expected/m),
    });
    expect(await release(deployer, many, 'rollback', '--to', '2', '--allow-registry', 'registry.example.com')).toMatchObject({ code: 0 });
    expect(await release(deployer, many, 'destroy')).toMatchObject({ code: 0 });
  });

  test('restores the last deployed release after a failed one', async () => {
    expect(await deploy(deployer, [broken('web'), configMap('two'), secret('web', { a: 'third' })], '--timeout', '2s')).toMatchObject({ code: 1 });
    expect(await release(deployer, {}, 'rollback')).toMatchObject({ code: 0, stderr: expect.stringMatching(/^rollback to release 4 /m) });
    expect(image()).toBe('registry.example.com/web:2');
  });

  test('leaves a record from which destroy deletes everything', async () => {
    const { code, stdout } = await release(deployer, {}, 'destroy');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^removed +Deployment web$/m) });
    expect(deployer.admin('get', 'deployments,configmaps,secrets,jobs,leases', '-o', 'name')).toBe('configmap/kube-root-ca.crt\n');
    expect(await release(deployer, {}, 'destroy')).toMatchObject({ code: 0 });
  });

  test('leaves PersistentVolumeClaims, which the next release uses again', async () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
    expect(await deploy(deployer, [claim, configMap('one')])).toMatchObject({ code: 0 });
    expect(await release(deployer, {}, 'destroy')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^left +PersistentVolumeClaim data/m) });
    expect(await release(deployer, {}, 'destroy', '--prune-data')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed +PersistentVolumeClaim data/m) });
  });
});

describe('Jobs', () => {
  let deployer: Deployer;

  const uid = (name: string) => deployer.admin('get', 'job', name, '-o', 'jsonpath={.metadata.uid}');
  const once = job('once', { image: 'registry.example.com/web:2' });
  const migration = (image: string, more = {}) => job('migration', { image, annotations: { 'cdk8s-ci-deploy/before-workloads': 'true' }, ...more });

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'jobs');
  });

  test('that have not changed do not run again, and others are replaced when they have ended', async () => {
    expect(await deploy(deployer, [job('once')])).toMatchObject({ code: 0 });
    const first = uid('once');
    expect(await deploy(deployer, [job('once')])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^unchanged +Job once/) });
    expect(uid('once')).toBe(first);
    expect(await deploy(deployer, [once])).toMatchObject({
      code: 0, stdout: expect.stringMatching(/^replaced +Job once +spec\.template\.spec\.containers\[once\]\.image\n/),
    });
    expect(uid('once')).not.toBe(first);
  });

  test('with before-workloads complete before a workload is applied', async () => {
    expect(await deploy(deployer, [once, deployment('web'), migration('registry.example.com/web:1')])).toMatchObject({ code: 0 });
    const completed = deployer.admin('get', 'job', 'migration', '-o', 'jsonpath={.status.completionTime}');
    const created = deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.creationTimestamp}');
    expect(Date.parse(completed)).toBeLessThanOrEqual(Date.parse(created));
    expect(writesOf(cluster, 'jobs').slice(-2)).toEqual(['patch jobs migration', 'patch deployments web']);
  });

  test('that do not complete keep workloads from being applied', async () => {
    const stuck = migration('registry.example.com/web:2', { podAnnotations: { 'e2e/fault': 'image-pull' } });
    const result = await deploy(deployer, [once, deployment('web', { image: 'registry.example.com/web:2' }), stuck], '--timeout', '3s');
    expect(result.code).toBe(1);
    expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}')).toBe('registry.example.com/web:1');
  });

  test('that the cluster deleted after their end do not run again until they change', async () => {
    const passing = makeDeployer(cluster, 'passing');
    const spec = (image: string) => {
      const object = job('passing', { image }) as { spec: object };
      return { ...object, spec: { ...object.spec, ttlSecondsAfterFinished: 600 } };
    };
    expect(await deploy(passing, [spec('registry.example.com/web:1'), configMap('a')])).toMatchObject({ code: 0 });
    passing.admin('delete', 'job', 'passing');
    expect(await deploy(passing, [spec('registry.example.com/web:1'), configMap('a')])).toMatchObject({ code: 0 });
    expect(passing.admin('get', 'jobs', '-o', 'name')).toBe('');
    expect(await deploy(passing, [spec('registry.example.com/web:2'), configMap('a')])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^created +Job passing/m) });
  });

  test('that are still running are not replaced', async () => {
    const { code, stderr } = await deploy(deployer, [once, deployment('web'), migration('registry.example.com/web:3')]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Job migration: its template has changed, and the Job is still running; run this job again when the Job has ended') });
  });
});

describe('the order of pipelines', () => {
  let deployer: Deployer;

  const pipeline = (iid: number, id: number, commit: string) => ({
    variables: { CI_PIPELINE_IID: String(iid), CI_JOB_ID: String(id), CI_COMMIT_SHA: commit, CI_PIPELINE_URL: `https://gitlab.example.com/p/${iid}`, CI_PROJECT_ID: '7' },
  });

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'ordered');
  });

  test('rejects an outdated job, and names both pipelines', async () => {
    expect(await deployAs(deployer, pipeline(12, 120, 'bbbbbbbb'), [configMap('a')])).toMatchObject({ code: 0 });
    const { code, stderr } = await deployAs(deployer, pipeline(11, 110, 'aaaaaaaa'), [configMap('a', { key: 'old' })]);
    expect(code).toBe(1);
    expect(stderr).toContain('this job is outdated: release 1 is of a newer pipeline');
    expect(stderr).toContain('deployed: pipeline 12, job 120, commit bbbbbbbb, https://gitlab.example.com/p/12');
    expect(stderr).toContain('this job: pipeline 11, job 110, commit aaaaaaaa, https://gitlab.example.com/p/11');
  });

  test('accepts a retried job of an older pipeline as a rollback', async () => {
    const { code, stderr } = await deployAs(deployer, pipeline(11, 130, 'aaaaaaaa'), [configMap('a', { key: 'older' })]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('this is a rollback from release 1 (pipeline 12, job 120') });
  });

  test('accepts an outdated job with --allow-outdated', async () => {
    expect(await deployAs(deployer, pipeline(10, 100, 'cccccccc'), [configMap('a', { key: 'old' })], '--allow-outdated')).toMatchObject({ code: 0 });
  });
});

test('a signal ends a deployment between two requests, with its progress, and releases the lock', async () => {
  const deployer = makeDeployer(cluster, 'ended');
  const abort = new AbortController();
  const slow = deployment('web', { spec: { minReadySeconds: 500 } });
  const ended = deployAs(deployer, { signal: abort.signal }, [configMap('a'), slow]);
  await until(() => writesOf(cluster, 'ended').includes('patch deployments web'));
  abort.abort(new Interrupted('SIGTERM'));
  const { code, stderr } = await ended;
  expect(code).toBe(143);
  expect(stderr).toContain([
    '2 of 2 changes were made (created ConfigMap a, created Deployment web); the release is left as it is',
    'run `cdk8s-ci-deploy deploy` again to continue, or `cdk8s-ci-deploy destroy` to remove its objects',
  ].join('\n'));
  expect(deployer.admin('get', 'leases', '-o', 'jsonpath={.items[*].spec.holderIdentity}')).toBe('');
  expect(await deploy(deployer, [configMap('a'), deployment('web')])).toMatchObject({ code: 0 });
});
