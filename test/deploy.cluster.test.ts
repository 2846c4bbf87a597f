import { App } from 'cdk8s';
import { configMap, deployment, manifests, service, serviceAccount } from './cluster/application';
import { runKubectl } from './cluster/cluster';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, release, writesOf } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { until } from './support/until';
import { gitlabJob } from '../examples/gitlab-job';
import { CiDeployment, NamespacedChart } from '../src';

onKwok();

const writes = ({ namespace }: Deployer) => writesOf(cluster, namespace);

const application = (image: string) => [
  serviceAccount('web'), configMap('web'), service('web'), deployment('web', { image, replicas: 2 }),
];

test('the manifests of the constructs are deployed', async () => {
  const deployer = makeDeployer(cluster, 'constructs');
  const chart = new NamespacedChart(new App(), 'web', { namespace: deployer.namespace });
  new CiDeployment(chart, 'web', { ciVariables: gitlabJob, port: 8080, servicePort: 80 });
  const { code, stdout } = await deploy(deployer, chart.toJson(), '--allow-registry', 'registry.example.com');

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^created +Service web\ncreated +Deployment web\n|^created +Deployment web\ncreated +Service web\n/) });
  expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.annotations.cdk8s-ci-deploy/commit}')).toBe(gitlabJob.CI_COMMIT_SHA);
});

describe('an application', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'application');
  });

  test('is ready when the command ends', async () => {
    const { code, stdout, stderr } = await deploy(deployer, application('registry.example.com/web:1'));

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^created +ServiceAccount web\ncreated +ConfigMap web\ncreated +Service web\ncreated +Deployment web\n4 created in \d+\.\d s\n$/),
    });
    expect(stderr).toContain('Deployment web: 2 replicas available');
    expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.status.availableReplicas}')).toBe('2');
  });

  test('is not written and not restarted when it has not changed', async () => {
    // Controllers go on writing what they have seen: into the status, which is not what a job writes.
    const there = () => deployer.admin('get', 'deployment,configmap,service,serviceaccount,pods', '-o', 'jsonpath={range .items[*]}{.metadata.uid} {.metadata.generation}{"\\n"}{end}');
    const before = { objects: there(), writes: writes(deployer) };
    const { code, stdout } = await deploy(deployer, application('registry.example.com/web:1'));

    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/\n4 unchanged in \d+\.\d s\n$/) });
    expect({ objects: there(), writes: writes(deployer) }).toEqual(before);
  });

  test('is updated, and the changed fields are printed', async () => {
    const { code, stdout } = await deploy(deployer, application('registry.example.com/web:2'));

    expect(code).toBe(0);
    expect(stdout).toContain('changed    Deployment web      spec.template.spec.containers[web].image\n');
    expect(stdout).toMatch(/3 unchanged, 1 changed in/);
  });

  test('is planned by a dry run, which writes nothing', async () => {
    const before = writes(deployer).length;
    const { code, stdout } = await deploy(deployer, application('registry.example.com/web:3'), '--dry-run', '--diff');

    expect(code).toBe(0);
    expect(stdout).toContain('    spec.template.spec.containers[web].image\n    - "registry.example.com/web:2"\n    + "registry.example.com/web:3"\n');
    expect(stdout).toMatch(/dry run, nothing was written: 3 unchanged, 1 changed\n$/);
    expect(writes(deployer)).toHaveLength(before);
  });
});

describe('manifests as people write them', () => {
  let deployer: Deployer;
  const read = async (files: Record<string, string | Buffer>, ...options: string[]) => release(deployer, { files }, 'deploy', ...Object.keys(files), '--allow-prune-many', ...options);

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'as-written');
  });

  test('are deployed from a JSON stream, a list of a kind and UTF-16', async () => {
    const stream = [configMap('a'), configMap('b')].map((object) => JSON.stringify(object)).join('\n');
    const list = 'apiVersion: v1\nkind: ConfigMapList\nitems:\n- {metadata: {name: c}, data: {key: value}}\n';
    const wide = Buffer.from(`\ufeff${JSON.stringify(configMap('d', { key: 'ü' }))}`, 'utf16le');
    expect(await read({ 'stream.json': stream, 'list.yaml': list, 'wide.json': wide })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^4 created in/m) });
    expect(deployer.admin('get', 'configmap', 'c', 'd', '-o', 'jsonpath={.items[*].data.key}')).toBe('value ü');
  });

  test('are deployed with an image volume, whose image is in the record', async () => {
    const spec = { containers: [{ name: 'web', image: 'registry.example.com/web:1' }], volumes: [{ name: 'model', image: { reference: 'registry.example.com/model:1' } }] };
    const { code } = await read({ 'pod.json': JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }) });
    const { stdout } = await release(deployer, {}, 'status');
    expect(code).toBe(0);
    expect(stdout).toContain('registry.example.com/model:1');
  });

  test('are deployed with an image that another controller sets, when the container is named', async () => {
    const gateway = JSON.stringify(deployment('gw', { image: 'auto' }));
    expect(await read({ 'gw.json': gateway })).toMatchObject({ code: 2, stderr: expect.stringContaining('add --image-from-controller web') });
    expect(await read({ 'gw.json': gateway }, '--image-from-controller', 'gw/web')).toMatchObject({ code: 0 });
    expect(deployer.admin('get', 'deployment', 'gw', '-o', 'jsonpath={.spec.template.spec.containers[0].image}')).toBe('auto');
  });

  test('are refused with an API version that Kubernetes has removed, and written after a warning when it is deprecated', async () => {
    const cronJob = { apiVersion: 'batch/v1beta1', kind: 'CronJob', metadata: { name: 'a' }, spec: {} };
    expect(await read({ 'a.json': JSON.stringify(cronJob) })).toMatchObject({ code: 2, stderr: expect.stringContaining('Kubernetes 1.25 removed CronJob in batch/v1beta1') });
    deployer.admin('create', 'role', 'endpoints', '--verb=get,create,patch,delete', '--resource=endpoints');
    deployer.admin('create', 'rolebinding', 'endpoints', '--role=endpoints', '--serviceaccount=as-written:ci');
    const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'outside' }, subsets: [] };
    expect(await read({ 'a.json': JSON.stringify(endpoints) }))
      .toMatchObject({ code: 0, stderr: expect.stringContaining('warning: a.json:1:1: Endpoints in v1 is deprecated since Kubernetes 1.33') });
  });
});

describe('a release with a problem', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'refused');
    deployer.create({
      ...configMap('others'),
      metadata: {
        name: 'others',
        labels: { 'cdk8s-ci-deploy/part-of': 'release-of-another-v1' },
        annotations: {
          'cdk8s-ci-deploy/release-of': '{"project":"7","environment":"production","app":"shop"}',
        },
      },
    });
    deployer.create(configMap('nobodys'));
    deployer.admin('label', 'namespace', 'refused', 'pod-security.kubernetes.io/enforce=restricted');
  });

  const privileged = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root' }, spec: { containers: [{ name: 'root', image: 'registry.example.com/root:1' }] } };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'mine' }, spec: { hard: { pods: '10' } } };
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'nodes' }, rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] };

  test.each<[string, object[], number, RegExp]>([
    ['an unknown field', [{ ...configMap('a'), dta: {} }], 1, /app\.yaml:3:1: ConfigMap a: dta: unknown field; correct the name/],
    ['a value of another type', [{ ...configMap('a'), data: { key: 1 } }], 1, /ConfigMap a: data\.key: got 1 \(number\), expected a text; write it in quotes: "1"/],
    ['an invalid value', [{ ...service('a'), spec: { ports: [{ port: 80_000 }] } }], 1, /Service a: spec\.ports\[0\]\.port: got 80000: must be between 1 and 65535/],
    ['an object that the role may not write', [quota], 3, /ResourceQuota mine: User "system:serviceaccount:refused:ci" cannot patch resource "resourcequotas".*; let an administrator grant this right/],
    ['rights that the deployer lacks', [role], 3, /Role nodes: .*is attempting to grant RBAC permissions not currently held.*; grant only rights/],
    ['a pod that the namespace refuses', [privileged], 1, /Pod root: violates PodSecurity "restricted:latest".*; meet the Pod Security level/],
    ['an API that is not served', [{ ...deployment('a'), apiVersion: 'apps/v2' }], 1, /Deployment a: the server could not find the requested resource; use an apiVersion/],
    ['a kind that is not served', [{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }], 1, /Widget w: the cluster has no Widget in example\.com\/v1; /],
    ['an object of another release', [configMap('others')], 1, /ConfigMap others: it belongs to application shop, environment production, project 7; /],
    ['an object that no release has made', [configMap('nobodys')], 1, /ConfigMap nobodys: it exists already, and no release created it; adopt it \(--adopt\)/],
  ])('is not written because of %s', async (_, objects, code, expected) => {
    const result = await deploy(deployer, [configMap('fine'), ...objects]);

    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(/^cdk8s-ci-deploy: 1 of 2 objects cannot be applied, so nothing was written$/m);
    expect(result.stderr).toMatch(expected);
    expect(writes(deployer)).toEqual([]);
  });

  test('is rejected with all its problems', async () => {
    const { code, stderr } = await deploy(deployer, [quota, configMap('fine'), { ...configMap('a'), dta: {} }, privileged]);
    expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 1, lines: 5 });
  });

  test('may refer to objects of the same release', async () => {
    const account = { ...privileged, spec: { ...privileged.spec, serviceAccountName: 'new' } };
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'b' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    };
    const readPods = { ...role, metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
    deployer.admin('label', 'namespace', 'refused', 'pod-security.kubernetes.io/enforce=privileged', '--overwrite');
    expect(await deploy(deployer, [account, serviceAccount('new'), binding, readPods])).toMatchObject({ code: 0 });
  });

  test('is rejected in a namespace that does not exist', async () => {
    const gone = { ...deployer, kubeconfig: deployer.kubeconfig.replace(/namespace: "?refused"?/, 'namespace: not-there') };
    expect(await deploy(gone, [configMap('a')])).toMatchObject({ code: 3, stderr: expect.stringContaining('in not-there: the API server says 403') });
  });

  test('is rejected with an expired token', async () => {
    const revoked = { ...deployer, kubeconfig: deployer.kubeconfig.replace(/token: .*/, 'token: abc') };
    expect(await deploy(revoked, [configMap('a')])).toMatchObject({ code: 3, stderr: expect.stringContaining('401') });
  });
});

describe('an application that kubectl applied', () => {
  let deployer: Deployer;

  const withVariables = (...names: string[]) => [deployment('web', { env: names.map((name) => ({ name, value: name })) })];

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'adopted');
    runKubectl(cluster.kubeconfig, ['-n', 'adopted', 'apply', '-f', '-'], manifests(...withVariables('KEPT', 'DROPPED')));
  });

  test('is adopted, and fields that are left out later are removed', async () => {
    const adopted = await deploy(deployer, withVariables('KEPT', 'DROPPED'), '--adopt');
    expect(adopted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^changed +Deployment web +adopted from kubectl-client-side-apply; /) });
    const again = await deploy(deployer, withVariables('KEPT'));
    expect(again).toMatchObject({ code: 0 });
    expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].env[*].name}')).toBe('KEPT');
    expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.annotations}')).not.toContain('last-applied');
  });

  test('keeps fields of other managers, and the conflict names them', async () => {
    deployer.admin('scale', 'deployment', 'web', '--replicas', '3');
    deployer.admin('set', 'image', 'deployment/web', 'web=registry.example.com/web:hotfix');
    const refused = await deploy(deployer, withVariables('KEPT'));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Deployment web: "kubectl" manages \.spec\.replicas; "kubectl-set" manages .*image; remove the fields .*\(--force-conflicts\)/);
    expect(await deploy(deployer, withVariables('KEPT'), '--force-conflicts')).toMatchObject({ code: 0 });
    expect(deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}')).toBe('registry.example.com/web:1');
  });
});

describe('a quota', () => {
  let deployer: Deployer;

  const quota = (name: string, hard: object) => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } });

  beforeAll(async () => {
    deployer = makeDeployer(cluster, 'quota');
    deployer.create(quota('objects', { 'count/configmaps': '4', 'services.nodeports': '0' }));
    deployer.create(quota('compute', { 'pods': '5', 'requests.cpu': '1' }));
    const known = () => deployer.admin('get', 'resourcequotas', '-o', 'jsonpath={.items[*].status.used}');
    await until(() => /cpu.*configmaps|configmaps.*cpu/.test(known()));
  });

  const hungry = (name: string, replicas: number) => {
    const { spec, ...rest } = deployment(name, { replicas }) as { spec: { template: { spec: { containers: object[] } } } };
    spec.template.spec.containers = [{ ...spec.template.spec.containers[0], resources: { requests: { cpu: '300m' } } }];
    return { ...rest, spec };
  };

  test('rejects a release that exceeds it, and nothing is written', async () => {
    const { code, stderr } = await deploy(deployer, [configMap('a'), configMap('b'), configMap('c'), configMap('d'), hungry('web', 4)]);
    expect(code).toBe(1);
    expect(stderr.split('\n').slice(0, -1)).toEqual([
      expect.stringContaining('the quota of the namespace has no room for this release, so nothing was written'),
      '  ResourceQuota compute: requests.cpu: 0 of 1 used, 1200m more needed',
      '  ResourceQuota objects: count/configmaps: 1 of 4 used, 4 more needed',
    ]);
    expect(writes(deployer)).toEqual([]);
  });

  test('allows a release within its limits', async () => {
    expect(await deploy(deployer, [configMap('a'), hungry('web', 3)])).toMatchObject({ code: 0 });
    expect(await deploy(deployer, [configMap('a', { other: 'value' }), hungry('web', 3)])).toMatchObject({ code: 0 });
  });

  test('counts the defaults of a LimitRange for containers without requests', async () => {
    const limited = makeDeployer(cluster, 'limit-range');
    limited.create({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'defaults' }, spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '300m' } }] } });
    limited.create(quota('compute', { 'requests.cpu': '1', 'limits.cpu': '10' }));
    const used = () => limited.admin('get', 'resourcequota', 'compute', '-o', 'jsonpath={.status.used.requests\\.cpu}');
    await until(() => used() === '0');
    expect(await deploy(limited, [deployment('web', { replicas: 4 })])).toMatchObject({ code: 1, stderr: expect.stringContaining('requests.cpu: 0 of 1 used, 1200m more needed') });
    expect(writes(limited)).toEqual([]);
    expect(await deploy(limited, [deployment('web', { replicas: 3 })])).toMatchObject({ code: 0 });
    expect(used()).toBe('900m');
  });
});
