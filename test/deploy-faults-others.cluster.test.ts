import { configMap, deployment } from './cluster/application';
import { runKubectl } from './cluster/cluster';
import { Deployer, makeDeployer } from './cluster/deployer';
import { writesOf } from './cluster/deploying';
import { answering } from './cluster/faults';
import { makeDisturbed, onDisturbedKwok, proxy } from './cluster/on-disturbed-kwok';
import { cluster } from './cluster/on-kwok';
import { versionOf } from './soak/application';
import { fastClock, JobOptions, JobResult, runJob, startJob } from './soak/jobs';
import { isIn } from './soak/passing-faults';
import { stateOf } from './soak/state';
import { TwoVersions } from './soak/two-versions';
import { until } from './support/until';
import { JsonObject } from '../src/base/json';
import { ReleaseRecord, StoredRelease } from '../src/cli/deploy/history/record';
import { pack, sha256, unpack } from '../src/cli/deploy/history/record-data';
import { releaseName } from '../src/release/release-names';

const NAME = releaseName({ project: 'local', environment: 'production', app: 'web' });

onDisturbedKwok();

/** So many requests of a process are under way at once. */
const AT_ONCE = 4;

/** A process that is paused would outlive a test that fails. */
const atEnd: Array<() => void> = [];

afterAll(() => {
  for (const end of atEnd) end();
});

async function deploy({ kubeconfig }: Pick<Deployer, 'kubeconfig'>, objects: object[], options: Partial<JobOptions> = {}): Promise<JobResult> {
  return runJob({ kubeconfig, objects, ...options });
}

const owned = ({ admin }: Deployer) => admin('get', 'configmaps,secrets,deployments,services,serviceaccounts', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'name');

describe('two jobs', () => {
  let deployer: Deployer;
  let undisturbed: TwoVersions['undisturbed'];

  beforeAll(async () => {
    deployer = makeDeployer(cluster, 'two');
    ({ undisturbed } = await TwoVersions.deploy(deployer));
  });

  test('at the same time deploy one after the other', async () => {
    for (let round = 0; round < 3; round += 1) {
      const results = await Promise.all((['a', 'b', 'a'] as const).map(async (version) => ({ version, ...await deploy(deployer, versionOf(version)) })));
      expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
      const { objects } = stateOf(deployer);
      const last = 'ConfigMap only-a' in objects ? 'a' : 'b';
      expect(stateOf(deployer)).toEqual(undisturbed[last]);
    }
  });

  test('do not both write when one is paused until the other has taken the lock', async () => {
    const disturbed = makeDisturbed('paused');
    const { undisturbed: states } = await TwoVersions.deploy(disturbed);
    proxy.reset();
    // More than are under way at once, so that some wait for their turn.
    const more = Array.from({ length: 6 }, (_, index) => configMap(`more-${index}`));
    const paused = startJob({ kubeconfig: disturbed.kubeconfig, objects: [...versionOf('a'), ...more] });
    // None of them is answered before it is paused, so that it is sending nothing at this very moment.
    let sent = 0;
    const isPaused = new Promise<void>((resolve) => proxy.place(async (exchange) => {
      if (sent > 0 || isIn('the apply', proxy.requests)) sent += 1;
      if (sent === AT_ONCE && paused.process.kill('SIGSTOP')) resolve();
      if (sent > 0) await isPaused;
      await exchange.pass();
    }, { times: Infinity }));
    await isPaused;
    atEnd.push(() => paused.process.kill('SIGKILL'));
    const { kubeconfig } = disturbed;
    const direct = kubeconfig.replace(proxy.url, cluster.server)
      .replace(Buffer.from(proxy.certificateAuthority).toString('base64'), Buffer.from(cluster.certificateAuthority).toString('base64'));
    const taken = await deploy({ kubeconfig: direct }, versionOf('b'), { options: ['--allow-prune-many'] });
    expect(taken).toMatchObject({ code: 0, stderr: expect.stringContaining('waiting for ') });

    const before = proxy.requests.length;
    paused.process.kill('SIGCONT');
    const { code, stderr } = await paused.result;
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('is lost, and nothing more is written') });
    // It may ask for its Lease as it knew it, which is another by now.
    expect(proxy.requests.slice(before).filter(({ method, path }) => method !== 'GET' && !path.includes('/leases/'))).toEqual([]);
    expect(stateOf(disturbed)).toEqual(states.b);
  });
});

describe('a namespace', () => {
  test('that is being terminated is reported before anything is written', async () => {
    const deployer = makeDisturbed('ending');
    deployer.create({ ...configMap('stays'), metadata: { name: 'stays', finalizers: ['example.com/stays'] } });
    runKubectl(cluster.kubeconfig, ['delete', 'namespace', 'ending', '--wait=false']);
    const { code, stderr } = await deploy(deployer, [configMap('a')]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^cdk8s-ci-deploy: create leases .* because it is being terminated\n$/) });
  });

  test('that is terminated half-way ends the deployment', async () => {
    const deployer = makeDisturbed('ended-half-way');
    proxy.place(async (exchange) => {
      if (isIn('the apply', proxy.requests)) {
        deployer.create({ ...configMap('stays'), metadata: { name: 'stays', finalizers: ['example.com/stays'] } });
        runKubectl(cluster.kubeconfig, ['delete', 'namespace', 'ended-half-way', '--wait=false']);
      }
      await exchange.pass();
    }, { path: /configmaps\/a/, times: Infinity });
    const { code, stderr } = await deploy(deployer, [configMap('a')], { options: ['--rollback-on-failure', '--timeout', '5s'] });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('because it is being terminated') });
  });
});

describe('an admission policy', () => {
  let deployer: Deployer;

  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'no-denied' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }] },
      validations: [{ expression: '!has(object.data) || !("denied" in object.data)', message: 'no key is called denied' }],
    },
  };
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'no-denied' },
    spec: { policyName: 'no-denied', validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'policy' } } } },
  };
  const denied = configMap('second', { denied: 'yes' });

  beforeAll(async () => {
    deployer = makeDisturbed('policy');
    for (const object of [policy, binding]) runKubectl(cluster.kubeconfig, ['create', '-f', '-'], JSON.stringify(object));
    const isEffective = () => {
      try {
        runKubectl(cluster.kubeconfig, ['-n', 'policy', 'create', '--dry-run=server', '-f', '-'], JSON.stringify(denied));
        return false;
      } catch {
        return true;
      }
    };
    await until(isEffective);
  });

  test('that denies the dry run is named, and nothing is written', async () => {
    const { code, stderr } = await deploy(deployer, [configMap('first'), denied, configMap('third')]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/ConfigMap second: .*no key is called denied; meet the policy of the cluster/) });
    expect(writesOf(cluster, 'policy')).toEqual([]);
  });

  test('that denies only the real request causes a rollback', async () => {
    const refusing = { method: 'PATCH', path: /\/configmaps\/changed\?(?!.*dryRun)/ };
    proxy.place(answering(403, { message: 'admission webhook "x.example.com" denied the request: not today' }), refusing);
    const first = await deploy(deployer, versionOf('a'), { options: ['--rollback-on-failure'] });
    expect(first).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/rolled back: this first release is removed\n.*: ConfigMap changed: .*not today; meet the policy of the cluster that rejected it\n$/s) });
    expect(owned(deployer)).toBe('');
    proxy.reset();

    expect(await deploy(deployer, versionOf('a'))).toMatchObject({ code: 0 });
    const before = stateOf(deployer);
    proxy.place(answering(403, { message: 'admission webhook "x.example.com" denied the request: not today' }), refusing);
    const update = await deploy(deployer, versionOf('b'), { options: ['--rollback-on-failure'] });
    expect(update).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/rolled back: release \d+ is restored\n.*: ConfigMap changed: .*not today; meet the policy of the cluster that rejected it\n$/s) });
    expect(stateOf(deployer)).toEqual({ ...before, outcome: 'undone' });
  });

  test('that never answers ends the deployment before anything is written', async () => {
    const message = 'Internal error occurred: failed calling webhook "x.example.com": failed to call webhook: Post "https://x.example.com": context deadline exceeded';
    proxy.place(answering(500, { message }), { path: /configmaps\/first\?.*dryRun/, times: Infinity });
    const before = writesOf(cluster, 'policy').length;
    const { code, stderr } = await deploy(deployer, [configMap('first')], { clock: fastClock(4), options: ['--allow-prune-many'] });
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('failed calling webhook') });
    expect(writesOf(cluster, 'policy')).toHaveLength(before);
  });
});

test('a quota for two of three pods rejects all three, although each passes alone', async () => {
  const deployer = makeDisturbed('quota-of-three');
  deployer.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { 'count/configmaps': '3' } } });
  await untilUsed(deployer, 1);
  const { code, stderr } = await deploy(deployer, [configMap('a'), configMap('b'), configMap('c')], { options: ['--rollback-on-failure'] });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/quota/) });
  expect(owned(deployer)).toBe('');
  expect(stateOf(deployer)).toMatchObject({ faults: [], recorded: [] });
});

test.each(['a first release', 'an update'])('a quota that somebody uses up after the dry run is named as the cause, and causes a rollback: %s', async (which) => {
  const deployer = makeDisturbed(`crowded-${which.split(' ')[1]}`);
  deployer.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { 'count/configmaps': '4' } } });
  await untilUsed(deployer, 1);
  if (which === 'an update') expect(await deploy(deployer, [configMap('a')])).toMatchObject({ code: 0 });
  const before = stateOf(deployer);
  let isTaken = false;
  proxy.place(async (exchange) => {
    if (!isTaken) for (const index of Array(which === 'an update' ? 2 : 3).keys()) deployer.create(configMap(`theirs-${index}`));
    isTaken = true;
    await exchange.pass();
  }, { method: 'PATCH', path: /\/configmaps\/[abc]\?(?!.*dryRun)/, times: Infinity });

  const { code, stderr } = await deploy(deployer, [configMap('a', { key: 'new' }), configMap('b'), configMap('c')], { options: ['--rollback-on-failure'] });
  expect({ code, stderr }).toEqual({
    code: 1, stderr: expect.stringMatching(/^cdk8s-ci-deploy: \S+: ConfigMap [abc]: exceeded quota: q, requested: count\/configmaps=1, used: count\/configmaps=4, limited: count\/configmaps=4; request less, /m),
  });
  expect(stderr).toContain(which === 'an update' ? 'rolled back: release 1 is restored\n' : 'rolled back: this first release is removed\n');
  expect(stateOf(deployer)).toEqual({ ...before, outcome: which === 'an update' ? 'undone' : expect.stringMatching(/undone|none/) });
});

async function untilUsed({ admin }: Deployer, configMaps: number): Promise<void> {
  const used = () => admin('get', 'resourcequota', 'q', '-o', 'jsonpath={.status.used}');
  await until(() => used() === `{"count/configmaps":"${configMaps}"}`);
}

describe('a forged record', () => {
  let deployer: Deployer;

  const planted = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'planted' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: 'tampered' }],
  };

  beforeAll(async () => {
    deployer = makeDisturbed('tampered');
    await deploy(deployer, [configMap('a')]);
    await deploy(deployer, [configMap('a', { key: 'new' })]);
  });

  /** Puts an object into the manifests of all releases, as somebody would who knows how they are stored. */
  function plant(object: object): void {
    const { data } = JSON.parse(deployer.admin('get', 'secret', NAME, '-o', 'json')) as { readonly data: Record<string, string> };
    const bytes = (key: string) => Buffer.from(data[key] ?? '', 'base64');
    const record = unpack('', bytes('record')) as ReleaseRecord;
    const changed: Record<string, string> = {};
    const releases = record.releases.map((release): StoredRelease => {
      const manifests = unpack('', bytes(`release-${release.number}`)) as { readonly objects: readonly object[] };
      const packed = pack({ ...manifests, objects: [...manifests.objects, object] });
      changed[`release-${release.number}`] = packed.toString('base64');
      return { ...release, manifests: { sha256: sha256(packed), parts: [] } };
    });
    changed.record = pack({ ...record, releases }).toString('base64');
    deployer.admin('patch', 'secret', NAME, '-p', JSON.stringify({ data: changed }));
  }

  const reset = () => deployer.admin('delete', 'secret', NAME);

  test.each<[string, object, RegExp]>([
    ['a RoleBinding', planted, /it contains RoleBinding "planted"/],
    ['a Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'planted' } }, /it contains Secret "planted"/],
    ['an object of another namespace', { ...configMap('planted'), metadata: { name: 'planted', namespace: 'kube-system' } }, /is in namespace "kube-system"/],
    ['a ClusterRoleBinding', { ...planted, kind: 'ClusterRoleBinding' }, /it contains ClusterRoleBinding "planted"/],
  ])('with %s is not applied', async (_, object, expected) => {
    plant(object);
    const before = writesOf(cluster, 'tampered').length;
    const { kubeconfig } = deployer;
    expect(await runJob({ kubeconfig, command: 'rollback' })).toMatchObject({ code: expect.not.stringMatching(/0/), stderr: expect.stringMatching(expected) });
    expect(writesOf(cluster, 'tampered')).toHaveLength(before);
    const failing = await deploy(deployer, [deployment('web', { annotations: { 'e2e/fault': 'image-pull' } }), configMap('a')], { options: ['--rollback-on-failure', '--timeout', '2s'] });
    expect(failing).toMatchObject({ code: 1, stderr: expect.stringContaining('the rollback failed') });
    expect(deployer.admin('get', 'rolebindings', '-o', 'name')).toBe('rolebinding.rbac.authorization.k8s.io/ci\n');
    reset();
    expect(await deploy(deployer, [configMap('a')])).toMatchObject({ code: 0 });
    expect(await deploy(deployer, [configMap('a', { key: 'new' })])).toMatchObject({ code: 0 });
  });

  test('with objects of others deletes none of them', async () => {
    deployer.create(configMap('others'));
    const { data } = JSON.parse(deployer.admin('get', 'secret', NAME, '-o', 'json')) as { readonly data: Record<string, string> };
    const record = unpack('', Buffer.from(data.record!, 'base64')) as ReleaseRecord & JsonObject;
    const objects = [...record.objects, { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'others' }];
    deployer.admin('patch', 'secret', NAME, '-p', JSON.stringify({ data: { record: pack({ ...record, objects }).toString('base64') } }));
    expect(await deploy(deployer, [configMap('a')])).toMatchObject({ code: 0 });
    expect(deployer.admin('get', 'configmap', 'others', '-o', 'name')).toBe('configmap/others\n');
  });
});

describe('a read for the plan', () => {
  const isLease = ({ path }: { readonly path: string }) => path.includes('/leases/');
  const isWrite = ({ method, path }: { readonly method: string; readonly path: string }) => method !== 'GET' && !path.includes('dryRun');

  test('begins after the Lease was read as free, and nothing is written before the lock is held', async () => {
    const deployer = makeDisturbed('ahead');
    expect(await deploy(deployer, versionOf('a'))).toMatchObject({ code: 0 });
    proxy.reset();
    expect(await deploy(deployer, versionOf('b'))).toMatchObject({ code: 0 });
    const { requests } = proxy;

    expect(requests[0]).toMatchObject({ method: 'GET', path: expect.stringContaining('/leases/') });
    expect(requests.find(isWrite)).toMatchObject({ method: 'PATCH', path: expect.stringContaining('/leases/') });
  });

  test('does not begin while another job holds the lock', async () => {
    const deployer = makeDisturbed('ahead-of-none');
    expect(await deploy(deployer, versionOf('a'))).toMatchObject({ code: 0 });
    deployer.admin('patch', 'lease', NAME, '--type=merge', '--patch', '{"spec":{"holderIdentity":"another","leaseDurationSeconds":600}}');
    proxy.reset();

    expect(await deploy(deployer, versionOf('b'), { options: ['--lock-wait', '1s'] })).toMatchObject({ code: 4 });
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(proxy.requests.filter((request) => !isLease(request))).toEqual([]);
  });
});
