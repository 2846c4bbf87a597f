import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { parse, stringify } from 'yaml';
import { DeployerRole, Kubeconfig, NamespaceDeployer } from '../src';
import { AccessRequest, serverAllows, serviceAccountUser, untilAllowed } from './cluster/access-reviews';
import { jobClient } from './cluster/clients';
import { runKubectl, tryKubectl } from './cluster/cluster';
import { AuditEvent, ControlPlane, startControlPlane } from './cluster/control-plane';
import { FaultProxy } from './cluster/fault-proxy';
import { answering, cutBefore } from './cluster/faults';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { settledAuditEvents } from './cluster/settled-audit';
import { CliOptions, CliResult, runCli } from './support/cli';
import { FakeClock } from './support/fake-clock';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { describeVectors, printAgreement } from './support/vectors';
import { KubernetesClient } from '../src/cli/cluster/kubernetes-client';
import { requestsOf } from '../src/cli/verify/access-request';
import { AccessReviews } from '../src/cli/verify/access-reviews';
import { allows, PolicyRule, ResourceRequest } from '../src/kubernetes/rbac';
import { ADMIN_RULES } from '../src/kubernetes/user-facing-roles';

const RBAC = 'rbac.authorization.k8s.io';

let controlPlane: ControlPlane;
let folder: string;

/** All output and files of the commands. */
const written: string[] = [];
const tokens: string[] = [];

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms());
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await controlPlane?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function asAdmin(...args: string[]): string {
  return runKubectl(controlPlane.kubeconfig, args);
}

/** Applies access manifests as the administrator, and writes them to a file. */
async function give(namespace: string, role: DeployerRole): Promise<string> {
  const access = new Chart(new App(), 'access');
  new NamespaceDeployer(access, 'gitlab', { namespace, role, createNamespace: true });
  const file = join(folder, `access-${namespace}.yaml`);
  writeFileSync(file, Yaml.stringify(...access.toJson()));
  runKubectl(controlPlane.kubeconfig, ['apply', '--server-side', '-f', file]);
  await untilKnown(namespace, `gitlab-${namespace}`);
  return file;
}

/** Waits until the API server knows a new right. */
async function untilKnown(namespace: string, account: string, there = namespace, request: ResourceRequest = LIST_PODS): Promise<void> {
  await untilAllowed(controlPlane.kubeconfig, { ...serviceAccountUser(namespace, account), namespace: there, request });
}

const LIST_PODS: ResourceRequest = { verb: 'list', group: '', resource: 'pods' };

/** Writes the kubeconfig of a CI job to a file. */
function credential(namespace: string, token = asAdmin('create', 'token', `gitlab-${namespace}`, '-n', namespace, '--duration', '2000h').trim()): string {
  tokens.push(token);
  const { server, certificateAuthority } = controlPlane;
  const file = join(folder, `${namespace}-${tokens.length}.kubeconfig`);
  const certificateAuthorityData = Buffer.from(certificateAuthority).toString('base64');
  writeFileSync(file, new Kubeconfig({ server, certificateAuthorityData, namespace, token }).toYaml(), { mode: 0o600 });
  return file;
}

async function verify(kubeconfig: string, ...args: string[]): Promise<CliResult> {
  return verifyWith({}, kubeconfig, ...args);
}

async function verifyWith(options: CliOptions, kubeconfig: string, ...args: string[]): Promise<CliResult> {
  const result = await runCli(['verify', '--kubeconfig', kubeconfig, ...args], options);
  written.push(result.stdout, result.stderr);
  return result;
}

interface JsonCheck {
  readonly place: string;
  readonly namespace: string | null;
  readonly title: string;
  readonly verb: string;
  readonly target: string;
  readonly means: string;
  readonly answer: string;
  readonly outcome: string;
  readonly message: string | null;
}

interface JsonReport {
  readonly code: number;
  readonly checks: JsonCheck[];
  readonly warnings: string[];
  readonly counts: { readonly connections: number; readonly requests: number };
}

/** The JSON report. */
async function report(kubeconfig: string, ...args: string[]): Promise<JsonReport> {
  const { code, stdout } = await verify(kubeconfig, '--output', 'json', ...args);
  return { code, ...JSON.parse(stdout) };
}

describe('a credential with ClusterRole admin', () => {
  let access: string;
  let kubeconfig: string;

  beforeAll(async () => {
    access = await give('example', DeployerRole.admin());
    kubeconfig = credential('example');
  });

  test('is as expected', async () => {
    const { code, stdout, stderr } = await verify(kubeconfig, '--expect', access);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${kubeconfig}: verifying at ${controlPlane.server}\n` });
    expect(stdout).toMatch(/\naccess is as expected \(\d+ checks by \d+ requests over \d connections\)\n$/);
    expect(stdout).not.toMatch(/warning|problem/);
    expect(stdout).toMatch(/^ {2}Deployments +- +allowed +allowed +allowed +allowed$/m);
    expect(stdout).toMatch(/^ {2}ResourceQuotas +- +allowed +denied +denied +denied$/m);
    expect(stdout.split('\n').filter((line) => line.length > 100 && !/^(?: {2}\w|note: )/.test(line))).toEqual([]);
  });

  test('is as expected without access manifests, from the value of the variable', async () => {
    const variables = { KUBECONFIG: readFileSync(kubeconfig).toString('base64') };
    const { code, stdout } = await runCli(['verify'], { variables });
    written.push(stdout);
    expect([code, stdout]).toEqual([0, expect.stringContaining('access is as expected')]);
  });

  test('is as expected as a context of an agent\'s kubeconfig', async () => {
    const { clusters: [{ cluster }], users: [{ user }] } = parse(readFileSync(kubeconfig, 'utf8'));
    const contexts = ['group/agents:production', 'group/agents:staging'].map((name) => ({ name, context: { cluster: 'agent', user: 'agent' } }));
    const file = join(folder, 'agent.kubeconfig');
    writeFileSync(file, stringify({ apiVersion: 'v1', kind: 'Config', clusters: [{ name: 'agent', cluster }], users: [{ name: 'agent', user }], contexts }));
    const { code, stdout } = await verify(file, '--context', 'group/agents:production', '--namespace', 'example', '--expect', access);
    expect([code, stdout]).toEqual([0, expect.stringContaining('access is as expected')]);
  });

  test.each(['kube-system', 'default'])('is denied in %s with the message that kubectl prints', async (namespace) => {
    const { checks } = await report(kubeconfig);
    const lists = checks.filter((check) => check.means === 'list' && check.namespace === namespace);
    expect(lists.map(({ target }) => target)).toEqual([
      'pods', 'replicationcontrollers', 'services', 'daemonsets.apps', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps',
      'horizontalpodautoscalers.autoscaling', 'jobs.batch', 'cronjobs.batch',
    ]);
    for (const { target, message } of lists) {
      expect(tryKubectl(kubeconfig, ['get', target, '-n', namespace]).stderr).toBe(`Error from server (Forbidden): ${message}\n`);
    }
  });

  test('gets the same answers as an administrator who reviews its rights', async () => {
    const { checks } = await report(kubeconfig);
    const subject = serviceAccountUser('example', 'gitlab-example');
    const asked = checks.flatMap(({ namespace, verb, target, answer }): Array<{ answer: string; review: AccessRequest }> => {
      const [, resource = '', group = '', subresource, name] = /^(\w+)(?:\.([\w.]+))?(?:\/(\w+))?(?:\/"([\w-]+)")?$/.exec(target ?? '') ?? [];
      return namespace === null || resource === '' ? [] : [{ answer, review: { ...subject, namespace, request: { verb, group, resource, subresource, name } } }];
    });
    const said = serverAllows(controlPlane.kubeconfig, asked.map(({ review }) => review));
    expect(asked.map(({ answer }) => answer)).toEqual(said.map((allowed) => (allowed ? 'allowed' : 'denied')));
    expect(asked.length).toBeGreaterThan(140);
  });

  test('needs few connections', async () => {
    const { counts, checks } = await report(kubeconfig);
    expect(counts.connections).toBeLessThanOrEqual(4);
    expect(counts.requests).toBeLessThan(checks.length + 20);
  });

  test('has its report in files with --junit and --html', async () => {
    const [junit, html] = [join(folder, 'verify.xml'), join(folder, 'verify.html')];
    const { code, stderr } = await verify(kubeconfig, '--expect', access, '--junit', junit, '--html', html);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${junit}: written\n${html}: written\n`)]);
    written.push(readFileSync(junit, 'utf8'), readFileSync(html, 'utf8'));
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites tests="\d+" failures="0" errors="0" skipped="0">/);
    expect(readFileSync(html, 'utf8')).toContain('&#10003; Access is as expected');
  });

  test('is verified with each request on standard error with --debug, but without the token', async () => {
    const { stderr } = await verify(kubeconfig, '--debug');
    expect(stderr).toMatch(/^GET \/api\/v1\/namespaces\/kube-system\/pods\S* 403/m);
  });

  test('leaves only access reviews and lists in the audit log', async () => {
    const before = (await settledAuditEvents(controlPlane)).length;
    await verify(kubeconfig, '--expect', access);
    const user = 'system:serviceaccount:example:gitlab-example';
    const events = (await settledAuditEvents(controlPlane)).slice(before).filter((event) => event.user.username === user);
    const kinds = new Set(events.map(({ verb, objectRef }) => (verb === 'create' ? `${verb} ${objectRef?.resource}` : verb)));
    expect([...kinds].sort()).toEqual(['create selfsubjectaccessreviews', 'create selfsubjectreviews', 'create selfsubjectrulesreviews', 'list']);
    expect(events.length).toBeGreaterThan(150);
    expect(events.filter(isOtherReview)).toEqual([]);
  });

  function isOtherReview({ verb, objectRef }: AuditEvent): boolean {
    return verb === 'create' && !['authorization.k8s.io', 'authentication.k8s.io'].includes(objectRef?.apiGroup ?? '');
  }

  test('gives a warning about a ServiceAccount with access outside the namespace', async () => {
    asAdmin('create', 'serviceaccount', 'operator', '-n', 'example');
    asAdmin('create', 'clusterrolebinding', 'operator', '--clusterrole', 'view', '--serviceaccount', 'example:operator');
    await untilKnown('example', 'operator', 'default');
    const { code, warnings } = await report(kubeconfig, '--expect', access);
    asAdmin('delete', 'clusterrolebinding', 'operator');
    expect(code).toBe(0);
    expect(warnings).toEqual([
      expect.stringMatching(/^ServiceAccount operator gives access outside the namespace: it has .*pods \(get, list, watch\).* in kube-system, and the credential can act/),
    ]);
  });

  test('gives a warning about a token that never expires', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'forever', namespace: 'example', annotations: { 'kubernetes.io/service-account.name': 'gitlab-example' } },
    };
    runKubectl(controlPlane.kubeconfig, ['create', '-f', '-'], JSON.stringify(secret));
    asAdmin('wait', 'secret/forever', '-n', 'example', '--for=jsonpath={.data.token}', '--timeout=30s');
    const token = Buffer.from(asAdmin('get', 'secret', 'forever', '-n', 'example', '-o', 'jsonpath={.data.token}'), 'base64').toString();
    const forever = credential('example', token);
    expect((await report(forever)).warnings).toEqual([expect.stringMatching(/^the token never expires/)]);
  });

  test('gives a warning about a token that expires soon', async () => {
    const hour = credential('example', asAdmin('create', 'token', 'gitlab-example', '-n', 'example').trim());
    expect((await report(hour)).warnings).toEqual([expect.stringMatching(/^the token expires in (?:59 minutes|60 minutes|1 hour), at /)]);
  });
});

describeVectors<{ rules: PolicyRule[] }>('clusterrole-admin.json', ({ rules }) => {
  test('the answers of the server equal the known rules', async () => {
    const cluster = connected(credential('example'));
    const questions = new AccessReviews(cluster);
    const rows = rules.flatMap(requestsOf) as ResourceRequest[];
    const resources = new Map(rows.map(({ group, resource, subresource }) => [`${group}/${resource}/${subresource}`, { group, resource, subresource }]));
    const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'impersonate', 'bind', 'escalate'];
    const all = [...resources.values()].flatMap((resource) => verbs.map((verb) => ({ verb, ...resource })));
    const server = await Promise.all(all.map(async (request) => (await questions.canI(request, 'example')).answer));
    cluster.close();
    const differing = all.filter((request, index) => server[index] !== (allows(ADMIN_RULES, request) ? 'allowed' : 'denied'));
    expect(differing).toEqual([]);

    const denied = rows.filter((row) => !allows(ADMIN_RULES, row));
    expect(denied).toEqual([]);
    printAgreement('clusterrole-admin.json', rows.length, rows.length, `${all.length} answers of the server are those of the offline evaluator`);
  });
});

function connected(file: string): KubernetesClient {
  return jobClient(Kubeconfig.parse(readFileSync(file, 'utf8')));
}

describe('a credential with other rights than the access manifests', () => {
  let access: string;
  let kubeconfig: string;
  let asEdit: string;

  beforeAll(async () => {
    access = await give('example-edit', DeployerRole.edit());
    kubeconfig = credential('example-edit');
    asEdit = join(folder, 'access-admin.yaml');
    writeFileSync(asEdit, readFileSync(access, 'utf8').replace('name: edit', 'name: admin'));
  });

  /** The problems, each with the server's message. */
  async function problems(...args: string[]): Promise<string[]> {
    const { code, stdout } = await verify(kubeconfig, '--expect', access, ...args);
    const lines = stdout.match(/^problem: .+(?:\n {2}.+)?$/gm) ?? [];
    expect(code).toBe(lines.length > 0 ? 1 : 0);
    return lines;
  }

  /** The problems while the credential has an additional right. */
  async function problemsWith(create: string[], there: string, request: ResourceRequest): Promise<string[]> {
    asAdmin('create', ...create);
    await untilKnown('example-edit', 'gitlab-example-edit', there, request);
    try {
      return await problems();
    } finally {
      asAdmin('delete', ...create.slice(0, 2), ...create.includes('-n') ? ['-n', there] : []);
    }
  }

  const TO = ['--serviceaccount', 'example-edit:gitlab-example-edit'];

  test('is as expected with ClusterRole edit', async () => {
    expect(await problems()).toEqual([]);
  });

  test('lacks rights of ClusterRole admin', async () => {
    const { code, stdout } = await verify(kubeconfig, '--expect', asEdit);
    expect(code).toBe(1);
    expect(stdout).toContain('problem: in example-edit: denied, must be allowed: Roles (list, create, update, delete), RoleBindings (list, create, update, delete)\n');
  });

  test('has unexpected rights from another RoleBinding in its namespace', async () => {
    const found = await problemsWith(['rolebinding', 'extra', '-n', 'example-edit', '--clusterrole', 'admin', ...TO], 'example-edit', { ...LIST_PODS, group: RBAC, resource: 'roles' });
    expect(found).toEqual([
      'problem: in example-edit: allowed, must be denied: Roles (list, create, update, delete), RoleBindings (list, create, update, delete)\n'
        + '  RBAC: allowed by RoleBinding "extra/example-edit" of ClusterRole "admin" to ServiceAccount "gitlab-example-edit/example-edit"',
      expect.stringMatching(/^problem: in example-edit: allowed, must be denied: .*roles\.rbac\.authorization\.k8s\.io/),
    ]);
  });

  test('has unexpected rights from a RoleBinding in another namespace', async () => {
    const found = await problemsWith(['rolebinding', 'extra', '-n', 'kube-system', '--clusterrole', 'view', ...TO], 'kube-system', LIST_PODS);
    expect(found[0]).toMatch(/^problem: in kube-system: allowed, must be denied: Pods \(list\), ReplicationControllers \(list\), .+, CronJobs \(list\)$/);
    expect(found[1]).toContain('RBAC: allowed by RoleBinding "extra/kube-system" of ClusterRole "view"');
  });

  test('has unexpected rights from a ClusterRoleBinding', async () => {
    const found = await problemsWith(['clusterrolebinding', 'extra', '--clusterrole', 'system:node-proxier', ...TO], 'default', { ...LIST_PODS, resource: 'services' });
    expect(found).toEqual(expect.arrayContaining([
      'problem: in kube-system: allowed, must be denied: Services (list)',
      expect.stringMatching(/^problem: in the whole cluster: allowed, must be denied: Nodes \(list\)/),
    ]));
  });

  test('has every right with cluster-admin', async () => {
    const found = await problemsWith(['clusterrolebinding', 'extra', '--clusterrole', 'cluster-admin', ...TO], 'default', { ...LIST_PODS, resource: 'nodes', verb: 'delete' });
    expect(found.join('\n')).toContain('Everything (*)');
    expect(found.join('\n')).toContain('RBAC: allowed by ClusterRoleBinding "extra" of ClusterRole "cluster-admin"');
  });

  test('is not the subject of the manifests', async () => {
    const { code, stdout } = await verify(kubeconfig, '--expect', join(folder, 'access-example.yaml'));
    expect(code).toBe(1);
    expect(stdout).toContain('problem: the credential: User must be system:serviceaccount:example:gitlab-example: it is system:serviceaccount:example-edit:gitlab-example-edit\n');
    expect(stdout).toContain('problem: the credential: Namespace must be example: it is example-edit\n');
  });

  test('is also checked in --other-namespace', async () => {
    asAdmin('create', 'namespace', 'payments');
    asAdmin('create', 'rolebinding', 'extra', '-n', 'payments', '--clusterrole', 'view', ...TO);
    await untilKnown('example-edit', 'gitlab-example-edit', 'payments');
    expect(await problems()).toEqual([]);
    expect((await problems('--other-namespace', 'payments')).join()).toContain('RoleBinding "extra/payments"');
  });
});

describe('a credential with a Role of its own', () => {
  const access = () => join(folder, 'access-own.yaml');

  function giveRole(rules: readonly PolicyRule[]): void {
    const namespace = 'example-own';
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: `gitlab-${namespace}`, namespace } },
      { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: 'deployer', namespace }, rules },
      {
        apiVersion: `${RBAC}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'deployer', namespace },
        roleRef: { apiGroup: RBAC, kind: 'Role', name: 'deployer' },
        subjects: [{ kind: 'ServiceAccount', name: `gitlab-${namespace}`, namespace }],
      },
    ];
    writeFileSync(access(), Yaml.stringify(...objects));
    runKubectl(controlPlane.kubeconfig, ['apply', '--server-side', '-f', access()]);
  }

  test('must have every right of the Role', async () => {
    giveRole([{ verbs: ['get', 'list', 'patch'], apiGroups: ['apps'], resources: ['deployments'] }, { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'] }]);
    await untilKnown('example-own', 'gitlab-example-own', 'example-own', { verb: 'get', group: '', resource: 'secrets', name: 'mine' });
    const kubeconfig = credential('example-own');
    const { code, checks } = await report(kubeconfig, '--expect', access());
    expect(code).toBe(0);
    expect(checks.filter(({ answer }) => answer === 'allowed').map(({ verb, target }) => `${verb} ${target}`).sort())
      .toEqual(['get deployments.apps', 'get secrets/"mine"', 'list deployments.apps', 'patch deployments.apps']);
  });

  test('is not as expected when the server lacks an API of the Role', async () => {
    giveRole([{ verbs: ['create'], apiGroups: ['example.com'], resources: ['widgets'] }]);
    await untilKnown('example-own', 'gitlab-example-own', 'example-own', { verb: 'create', group: 'example.com', resource: 'widgets' });
    const { code, stdout } = await verify(credential('example-own'), '--expect', access());
    expect(code).toBe(1);
    expect(stdout.match(/^problem: .+$/gm)).toEqual(['problem: the credential: APIs that the Role names must be all of them: it is the server lacks widgets.example.com']);
  });
});

describe('a server', () => {
  test('that rejects the credential gives exit code 3', async () => {
    asAdmin('create', 'secret', 'generic', 'bound', '-n', 'example');
    const token = asAdmin('create', 'token', 'gitlab-example', '-n', 'example', '--bound-object-kind', 'Secret', '--bound-object-name', 'bound').trim();
    asAdmin('delete', 'secret', 'bound', '-n', 'example');
    expect(await verify(credential('example', token))).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/\nthe server rejects the credential: it was revoked, .+\ncdk8s-ci-deploy: create selfsubjectreviews: the API server says 401 Unauthorized: Unauthorized\n$/),
    });
  });

  describe('behind a proxy that', () => {
    let proxy: FaultProxy;
    let kubeconfig: string;

    beforeAll(async () => {
      const { server, certificateAuthority } = controlPlane;
      proxy = await FaultProxy.start({ server, ca: certificateAuthority });
      kubeconfig = proxy.kubeconfig(credential('example'));
    });

    beforeEach(() => proxy.reset());
    afterAll(() => proxy?.stop());

    test('fails temporarily causes no problem', async () => {
      const faults = [
        proxy.place(answering(503), { path: /kube-system\/pods/ }),
        proxy.place(answering(429, { retryAfter: 1 }), { path: /selfsubjectaccessreviews/, nth: 20 }),
        proxy.place(cutBefore, { path: /selfsubjectaccessreviews/, nth: 60, times: 2 }),
      ];
      const { code, stdout } = await verify(kubeconfig);
      expect([code, stdout]).toEqual([0, expect.stringContaining('access is as expected')]);
      expect(faults.map(({ met }) => met)).toEqual([1, 1, 2]);
    });

    const LATER = { retryAfter: 3600, message: 'etcd is not there' };

    test('fails permanently at one request makes that right unknown, not Forbidden', async () => {
      proxy.place(answering(503, LATER), { path: /kube-system\/cronjobs/, times: Infinity });
      const { code, stdout } = await verify(kubeconfig);
      expect([code, stdout]).toEqual([1, expect.stringContaining([
        'problem: in kube-system: unknown, must be denied: CronJobs (list)',
        '  503 ServiceUnavailable: etcd is not there',
      ].join('\n'))]);
      expect(stdout).toContain('it is unknown whether access is as expected');
    });

    test('fails permanently at every request gives exit code 4', async () => {
      proxy.place(answering(503, LATER), { path: /selfsubjectaccessreviews/, times: Infinity });
      expect(await verify(kubeconfig)).toMatchObject({ code: 4, stdout: '' });
    });
  });

  test('that lacks an API makes its rights unknown', async () => {
    const lacking = await startControlPlane(controlPlanePrograms(), { apiServerFlags: ['--runtime-config=autoscaling/v2=false'] });
    const full = controlPlane;
    try {
      controlPlane = lacking;
      await give('example', DeployerRole.admin());
      const { code, stdout } = await verify(credential('example'), '--expect', join(folder, 'access-example.yaml'));
      expect(code).toBe(1);
      expect(stdout).toContain('problem: in example: unknown, must be allowed: HorizontalPodAutoscalers (list)\n  the server has no horizontalpodautoscalers in autoscaling/v2\n');
      expect(stdout).toContain('it is unknown whether access is as expected');
    } finally {
      controlPlane = full;
      await lacking.stop();
    }
  });

  test('that does not listen gives exit code 4', async () => {
    const kubeconfig = credential('example');
    await controlPlane.stopApiServer();
    expect(await verifyWith({ clock: new FakeClock(Date.now()) }, kubeconfig))
      .toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/\ncdk8s-ci-deploy: cannot connect to https:\/\/127\.0\.0\.1:\d+.*connection refused/) });
    // A script with `! kubectl auth can-i` would take this for Forbidden.
    expect(tryKubectl(kubeconfig, ['auth', 'can-i', 'list', 'pods', '-n', 'kube-system']).status).toBe(1);
  });
});

test('no command of this file wrote a token', () => {
  expect(tokens.length).toBeGreaterThan(8);
  for (const token of tokens) {
    const [, payload = '', signature = ''] = token.split('.');
    for (const secret of [token, payload, signature, Buffer.from(token).toString('base64')]) expect(written.join('\n').includes(secret)).toBe(false);
  }
});
