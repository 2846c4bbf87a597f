import { passing, rbacCluster, RbacClusterProps, refused } from './rbac-cluster';
import { Access } from '../../../src/cli/access/access';
import { HttpError, Unreachable } from '../../../src/cli/base/failure';
import { differences } from '../../../src/cli/verify/difference';
import { Verification, verdictOf } from '../../../src/cli/verify/verification';
import { verifyAccess, VerifyOptions } from '../../../src/cli/verify/verify-access';
import { PolicyRule } from '../../../src/kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../../../src/kubernetes/user-facing-roles';

const USER = 'system:serviceaccount:example:gitlab-example';
const EVERYTHING: PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];

const inside = (rules: readonly PolicyRule[]): RbacClusterProps => ({ username: USER, rules: (namespace) => (namespace === 'example' ? rules : []) });

function access(role: Partial<Access['role']> = {}, more: Partial<Access> = {}): Access {
  return {
    file: 'access.yaml',
    namespace: 'example',
    subject: { kind: 'ServiceAccount', name: 'gitlab-example', namespace: 'example' },
    role: { kind: 'ClusterRole', name: 'admin', rules: ADMIN_RULES, ...role },
    roleBinding: 'gitlab-example-admin',
    objects: [],
    ...more,
  };
}

function verify(props: RbacClusterProps, options: Partial<VerifyOptions> = {}): Promise<Verification> {
  return verifyAccess(rbacCluster(props), { namespace: 'example', now: Date.UTC(2026, 0, 1), ...options });
}

/** What is wrong, in words. */
async function wrong(props: RbacClusterProps, options?: Partial<VerifyOptions>): Promise<string[]> {
  return differences(await verify(props, options)).map(({ where, what, rights }) => `${where}: ${what}: ${rights.join(', ')}`);
}

describe('without access manifests', () => {
  test('a credential that can list the usual kinds in its namespace, and nothing elsewhere, is as it must be', async () => {
    const verification = await verify(inside(ADMIN_RULES));

    expect([verdictOf(verification), differences(verification)]).toEqual(['as expected', []]);
    expect(verification.notes[0]).toMatch(/^no access manifests were given/);
    expect(new Set(verification.checks.map(({ place }) => place.namespace))).toEqual(new Set(['example', 'kube-system', 'default', undefined]));
    expect(verification.checks.filter(({ means }) => means === 'list')).toHaveLength(33);
  });

  test('it need not be denied anything inside', async () => {
    expect(await wrong(inside(EVERYTHING))).toEqual([]);
  });

  test('it is warned when it may delete the namespace', async () => {
    expect((await verify(inside(EVERYTHING))).warnings).toContain('the credential may delete the namespace example itself, with everything in it');
  });

  test('one kind that cannot be listed inside differs', async () => {
    const rules = [{ verbs: ['list'], apiGroups: ['', 'apps', 'batch'], resources: ['*'] }];
    expect(await wrong(inside(rules))).toEqual(['in example: denied, must be allowed: HorizontalPodAutoscalers (list)']);
  });

  test('a right of the whole cluster differs everywhere', async () => {
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['secrets'] }];
    const everywhere = { username: USER, rules: (namespace?: string) => (namespace === 'example' ? [...ADMIN_RULES, ...rules] : rules) };
    expect(await wrong(everywhere)).toEqual([
      'in kube-system: allowed, must be denied: Secrets (list)',
      'in kube-system: allowed, must be denied: secrets (list)',
      'in default: allowed, must be denied: Secrets (list)',
      'in default: allowed, must be denied: secrets (list)',
      'in the whole cluster: allowed, must be denied: Secrets of all namespaces (list)',
    ]);
  });

  test('a right elsewhere that nobody asks about is found in the server\'s list', async () => {
    const rules = [{ verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] }];
    const other = { username: USER, rules: (namespace?: string) => (namespace === 'example' ? ADMIN_RULES : namespace === 'payments' ? rules : []) };
    expect(await wrong(other)).toEqual([]);
    expect(await wrong(other, { otherNamespaces: ['payments'] })).toEqual(['in payments: allowed, must be denied: widgets.example.com (get)']);
  });

  test('the namespace itself is never one of the others', async () => {
    const { checks } = await verify(inside(ADMIN_RULES), { otherNamespaces: ['example', 'payments', 'payments'] });
    expect(new Set(checks.map(({ place }) => `${place.kind} ${place.namespace}`)))
      .toEqual(new Set(['namespace example', 'other namespace kube-system', 'other namespace payments', 'cluster undefined']));
  });

  test('a server that does not say who one is, is no difference', async () => {
    expect(await wrong({ ...inside(ADMIN_RULES), username: undefined })).toEqual([]);
  });
});

describe('with access manifests', () => {
  test.each<[string, readonly PolicyRule[], Access, string[]]>([
    ['the same role', ADMIN_RULES, access(), []],
    ['less than they say', EDIT_RULES, access(), [
      'in example: denied, must be allowed: Roles (list, create, update, delete), RoleBindings (list, create, update, delete)',
    ]],
    ['more than they say', ADMIN_RULES, access({ name: 'edit', rules: EDIT_RULES }), [
      'in example: allowed, must be denied: Roles (list, create, update, delete), RoleBindings (list, create, update, delete)',
      expect.stringMatching(/^in example: allowed, must be denied: rolebindings\.rbac.+, roles\.rbac.+, localsubjectaccessreviews/),
    ]],
    ['a right that nobody asks about', [...ADMIN_RULES, { verbs: ['get'], apiGroups: ['storage.k8s.io'], resources: ['csinodes'] }], access(),
      ['in example: allowed, must be denied: csinodes.storage.k8s.io (get)']],
    ['what custom resources add to the ClusterRole', [...ADMIN_RULES, { verbs: ['get'], apiGroups: ['metrics.k8s.io'], resources: ['pods'] }], access(), []],
    ['everything', EVERYTHING, access(), [
      expect.stringMatching(/^in example: allowed, must be denied: .*Roles \(bind, escalate\).+The Namespace itself \(update, delete\)$/),
      'in example: allowed, must be denied: *.* (*), * (*)',
    ]],
    ['a ClusterRole that is not known', EDIT_RULES, access({ name: 'ours', rules: undefined }), []],
  ])('%s', async (_, rules, manifests, expected) => {
    expect(await wrong(inside(rules), { access: manifests })).toEqual(expected);
  });

  test('says what custom resources add, and what the server\'s ClusterRole lacks', async () => {
    const rules = [...ADMIN_RULES, { verbs: ['get'], apiGroups: ['metrics.k8s.io'], resources: ['pods'] }]
      .filter(({ apiGroups }) => !apiGroups?.includes('resource.k8s.io'));
    expect((await verify(inside(rules), { access: access() })).notes).toEqual(expect.arrayContaining([
      'not judged, since custom resources may extend ClusterRole admin: pods.metrics.k8s.io (get)',
      expect.stringMatching(/^ClusterRole admin of Kubernetes v1\.\d+\.\d+ has what is not allowed here: resourceclaims\.resource\.k8s\.io \(get, list/),
    ]));
  });

  const WIDGETS: PolicyRule[] = [
    { verbs: ['get', 'patch'], apiGroups: ['apps'], resources: ['deployments'] },
    { verbs: ['create'], apiGroups: ['example.com'], resources: ['widgets'] },
  ];
  const role = access({ kind: 'Role', name: 'deployer', rules: WIDGETS });

  test('every right of a Role is asked about, and everything else must be denied', async () => {
    const served = { ...inside(WIDGETS), resources: ['deployments.apps', 'widgets.example.com'] };
    const verification = await verify(served, { access: role });
    expect(differences(verification)).toEqual([]);
    expect(verification.checks.filter(({ answer }) => answer === 'allowed').map(({ title, request }) => [title, request?.verb])).toEqual([
      ['Deployments', 'get'], ['Deployments', 'patch'], ['widgets.example.com', 'create'],
    ]);
    expect(await wrong({ ...served, rules: () => [] }, { access: role })).toEqual([
      'in example: denied, must be allowed: Deployments (get, patch), widgets.example.com (create)',
    ]);
  });

  test('an API that the server lacks is of no use', async () => {
    expect(await wrong({ ...inside(WIDGETS), resources: ['deployments.apps'] }, { access: role }))
      .toEqual(['the credential: APIs that the Role names must be all of them: it is the server lacks widgets.example.com']);
  });

  test.each<[string, Partial<Access>, string[]]>([
    ['another ServiceAccount', { subject: { kind: 'ServiceAccount', name: 'other', namespace: 'example' } },
      [`the credential: User must be system:serviceaccount:example:other: it is ${USER}`]],
    ['another user', { subject: { kind: 'User', name: 'gitlab:42' } }, [`the credential: User must be gitlab:42: it is ${USER}`]],
    ['a group that it is in', { subject: { kind: 'Group', name: 'system:authenticated' } }, []],
    ['a group that it is not in', { subject: { kind: 'Group', name: 'gitlab:project:42' } }, ['the credential: Group must be gitlab:project:42: it is system:authenticated']],
    ['another namespace', { namespace: 'example-staging' }, ['the credential: Namespace must be example-staging: it is example']],
  ])('%s', async (_, manifests, expected) => {
    expect(await wrong(inside(ADMIN_RULES), { access: access({}, manifests) })).toEqual(expected);
  });
});

describe('an answer that the server does not give', () => {
  const failing = (answer: RbacClusterProps['answer']) => ({ ...inside(ADMIN_RULES), answer });
  const onlyFor = (what: string, result: () => object | undefined) => failing((path, body) => (`${path} ${JSON.stringify(body)}`.includes(what) ? result() : undefined));
  const fail = (error: Error) => () => { throw error; };

  test.each<[string, RbacClusterProps, string[]]>([
    ['a list that the server fails at', onlyFor('kube-system/cronjobs', fail(passing(500, 'InternalError', 'etcd'))), ['in kube-system: unknown, must be denied: CronJobs (list)']],
    ['a list that is throttled', onlyFor('kube-system/cronjobs', fail(passing(429, 'TooManyRequests', 'later'))), ['in kube-system: unknown, must be denied: CronJobs (list)']],
    ['an API that the server lacks', onlyFor('example/cronjobs', fail(refused(404, 'NotFound', 'nowhere'))), ['in example: unknown, must be allowed: CronJobs (list)']],
    ['a review that fails', onlyFor('"approval"', fail(passing(503, 'ServiceUnavailable', 'later'))),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a review that may not be made', onlyFor('"approval"', fail(refused(403, 'Forbidden', 'no reviews'))),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a review that is not decided', onlyFor('"approval"', () => ({ status: { allowed: false, evaluationError: 'webhook timed out' } })),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a review without an answer', onlyFor('"approval"', () => ({ kind: 'Surprise' })),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a list that something in between refuses', onlyFor('kube-system/cronjobs', fail(new HttpError('a proxy says no', 403))),
      ['in kube-system: unknown, must be denied: CronJobs (list)']],
    ['a list of rights that fails', onlyFor('SelfSubjectRulesReview","spec":{"namespace":"default"', fail(passing(500, 'InternalError', 'no'))),
      ['in default: unknown, must be denied: Any other right']],
    ['a right inside, even if nobody said what it must be', onlyFor('"networkpolicies"', () => ({ status: {} })),
      ['in example: unknown: NetworkPolicies (list, create, update, delete)']],
  ])('is unknown, never denied: %s', async (_, props, expected) => {
    expect(await wrong(props)).toEqual(expected);
    expect(verdictOf(await verify(props))).toBe('unknown');
  });

  test('a review that is decided in spite of an error counts', async () => {
    const props = onlyFor('"approval"', () => ({ status: { allowed: true, evaluationError: 'the second authorizer timed out', reason: 'RBAC: allowed by …' } }));
    expect(await wrong(props)).toEqual(['in the whole cluster: allowed, must be denied: Approval of certificate requests (update)']);
  });

  test('a list of rights that is incomplete is said', async () => {
    const props = onlyFor('SelfSubjectRulesReview', () => ({ status: { resourceRules: [], nonResourceRules: [], incomplete: true, evaluationError: 'a webhook' } }));
    const verification = await verify(props);
    expect(verdictOf(verification)).toBe('as expected');
    expect(verification.notes).toContainEqual(expect.stringMatching(/^the server says that its list of rights is incomplete \(example, kube-system, default\): a webhook;/));
  });

  test.each<[string, Error, string]>([
    ['a credential that the server does not know', refused(401, 'Unauthorized', 'Unauthorized'), 'selfsubjectreviews'],
    ['one that ends in the middle', refused(401, 'Unauthorized', 'Unauthorized'), 'kube-system/cronjobs'],
    ['one that ends before the list of rights', refused(401, 'Unauthorized', 'Unauthorized'), 'selfsubjectrulesreviews'],
    ['a connection that fails', new Unreachable('no route'), 'selfsubjectreviews'],
    ['a server that fails at the first question', passing(503, 'ServiceUnavailable', 'later'), 'selfsubjectreviews'],
    ['a server that fails at most questions', passing(503, 'ServiceUnavailable', 'later'), 'selfsubjectaccessreviews'],
    ['a connection that fails in the middle', new Unreachable('no route'), 'kube-system/cronjobs'],
  ])('ends it: %s', async (_, error, path) => {
    await expect(verify(onlyFor(path, fail(error)))).rejects.toMatchObject({ name: error.name, message: expect.stringContaining(error.message) });
  });
});

describe('the other ServiceAccounts of the namespace', () => {
  const around = (mine: readonly PolicyRule[], theirs: Record<string, (namespace?: string) => readonly PolicyRule[]>): RbacClusterProps => ({
    username: USER,
    serviceAccounts: ['gitlab-example', ...Object.keys(theirs)],
    rules: (namespace, username) => (username === USER ? (namespace === 'example' ? mine : []) : theirs[username.split(':')[3] ?? '']?.(namespace) ?? []),
  });

  test('are no matter when they may nothing', async () => {
    expect((await verify(around(ADMIN_RULES, { default: () => [] }))).warnings).toEqual([]);
  });

  test('are warned of when they lead out of the namespace', async () => {
    expect((await verify(around(ADMIN_RULES, { default: () => [], operator: () => EVERYTHING }))).warnings).toEqual([
      'ServiceAccount operator leads out of the namespace: it has *.* (*), * (*) in kube-system, and the credential can act as it '
        + '(by impersonation, a new token, a Pod, a token Secret)',
    ]);
  });

  test('are warned of when they may more inside', async () => {
    const wider = (namespace?: string) => (namespace === 'example' ? ADMIN_RULES : []);
    expect((await verify(around(EDIT_RULES, { wider }))).warnings).toEqual([
      expect.stringMatching(/^ServiceAccount wider has more rights in the namespace: rolebindings\.rbac\.authorization\.k8s\.io \(get, .+credential can act as it/),
    ]);
  });

  test('are warned of without knowing more when the credential may run Pods as them, but not impersonate them', async () => {
    const pods = [{ verbs: ['create'], apiGroups: [''], resources: ['pods'] }];
    const seen = [...pods, { verbs: ['list'], apiGroups: [''], resources: ['serviceaccounts'] }];
    const theirs = { operator: () => EVERYTHING };
    expect((await verify(around(pods, theirs))).warnings).toEqual([expect.stringMatching(/^the credential can act as every ServiceAccount in example \(by a Pod\), and may not list them;/)]);
    expect((await verify(around(seen, theirs))).warnings).toEqual([expect.stringMatching(/^the credential can act as operator \(by a Pod\);/)]);
  });

  test('are not asked about by those who cannot become them', async () => {
    expect((await verify(around([], { operator: () => EVERYTHING }))).warnings).toEqual([]);
  });
});

test('asks nothing more when the connection is lost, and a few questions at a time', async () => {
  let [asked, open, most] = [0, 0, 0];
  const cluster = rbacCluster(inside(ADMIN_RULES));
  const counting = <T extends unknown[]>(question: (...args: T) => Promise<unknown>) => async (...args: T) => {
    asked += 1;
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    if (asked > 20) throw new Unreachable('no route');
    return question(...args) as never;
  };
  const watched = { ...cluster, get: counting(cluster.get), create: counting(cluster.create) };
  await expect(verifyAccess(watched, { namespace: 'example', now: 0 })).rejects.toThrow('no route');
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([asked, most]).toEqual([before, 4]);
  expect(asked).toBeLessThan(30);
});

test.each([[undefined, 1], [Date.UTC(2027, 0, 1) / 1000, 0]])('warns of the end of the token (%s)', async (expires, warnings) => {
  expect((await verify(inside(ADMIN_RULES), { claims: { expires } })).warnings).toHaveLength(warnings);
});
