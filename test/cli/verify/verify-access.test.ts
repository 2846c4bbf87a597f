import { passing, rbacCluster, RbacClusterProps, refused } from './rbac-cluster';
import { Access } from '../../../src/cli/access/access';
import { HttpError, Unreachable } from '../../../src/cli/base/failure';
import { differences, Verification, verdictOf } from '../../../src/cli/verify/verification';
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

/** The problems, as text. */
async function problems(props: RbacClusterProps, options?: Partial<VerifyOptions>): Promise<string[]> {
  return differences(await verify(props, options)).map(({ where, what, rights }) => `${where}: ${what}: ${rights.join(', ')}`);
}

describe('without access manifests', () => {
  test('a credential that can list the kinds of `kubectl get all` in its namespace only is as expected', async () => {
    const verification = await verify(inside(ADMIN_RULES));

    expect([verdictOf(verification), differences(verification)]).toEqual(['as expected', []]);
    expect(verification.notes[0]).toMatch(/^without access manifests \(--expect\)/);
    expect(new Set(verification.checks.map(({ scope }) => scope.namespace))).toEqual(new Set(['example', 'kube-system', 'default', undefined]));
    expect(verification.checks.filter(({ method }) => method === 'list')).toHaveLength(33);
  });

  test('a credential may have every right inside', async () => {
    expect(await problems(inside(EVERYTHING))).toEqual([]);
  });

  test('a credential that may delete the namespace gives a warning', async () => {
    expect((await verify(inside(EVERYTHING))).warnings).toContain('the credential may delete the namespace example with everything in it');
  });

  test('a denied list of one kind is a difference', async () => {
    const rules = [{ verbs: ['list'], apiGroups: ['', 'apps', 'batch'], resources: ['*'] }];
    expect(await problems(inside(rules))).toEqual(['in example: denied, must be allowed: HorizontalPodAutoscalers (list)']);
  });

  test('a right in the whole cluster is a difference in every other scope', async () => {
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['secrets'] }];
    const everywhere = { username: USER, rules: (namespace?: string) => (namespace === 'example' ? [...ADMIN_RULES, ...rules] : rules) };
    expect(await problems(everywhere)).toEqual([
      'in kube-system: allowed, must be denied: Secrets (list)',
      'in kube-system: allowed, must be denied: secrets (list)',
      'in default: allowed, must be denied: Secrets (list)',
      'in default: allowed, must be denied: secrets (list)',
      'in the whole cluster: allowed, must be denied: Secrets of all namespaces (list)',
    ]);
  });

  test('the server\'s list of rights shows a right that no review covers', async () => {
    const rules = [{ verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] }];
    const other = { username: USER, rules: (namespace?: string) => (namespace === 'example' ? ADMIN_RULES : namespace === 'payments' ? rules : []) };
    expect(await problems(other)).toEqual([]);
    expect(await problems(other, { otherNamespaces: ['payments'] })).toEqual(['in payments: allowed, must be denied: widgets.example.com (get)']);
  });

  test('the namespace of the credential is never one of the other namespaces', async () => {
    const { checks } = await verify(inside(ADMIN_RULES), { otherNamespaces: ['example', 'payments', 'payments'] });
    expect(new Set(checks.map(({ scope }) => `${scope.kind} ${scope.namespace}`)))
      .toEqual(new Set(['namespace example', 'other namespace kube-system', 'other namespace payments', 'cluster undefined']));
  });

  test('a server without SelfSubjectReview is no difference', async () => {
    expect(await problems({ ...inside(ADMIN_RULES), username: undefined })).toEqual([]);
  });
});

describe('with access manifests', () => {
  test.each<[string, readonly PolicyRule[], Access, string[]]>([
    ['no problem for the same role', ADMIN_RULES, access(), []],
    ['a problem for missing rights', EDIT_RULES, access(), [
      'in example: denied, must be allowed: Roles (list, create, update, delete), RoleBindings (list, create, update, delete)',
    ]],
    ['two problems for additional rights', ADMIN_RULES, access({ name: 'edit', rules: EDIT_RULES }), [
      'in example: allowed, must be denied: Roles (list, create, update, delete), RoleBindings (list, create, update, delete)',
      expect.stringMatching(/^in example: allowed, must be denied: rolebindings\.rbac.+, roles\.rbac.+, localsubjectaccessreviews/),
    ]],
    ['a problem for a right that no review covers', [...ADMIN_RULES, { verbs: ['get'], apiGroups: ['storage.k8s.io'], resources: ['csinodes'] }], access(),
      ['in example: allowed, must be denied: csinodes.storage.k8s.io (get)']],
    ['no problem for rights that custom resources add to the ClusterRole', [...ADMIN_RULES, { verbs: ['get'], apiGroups: ['metrics.k8s.io'], resources: ['pods'] }], access(), []],
    ['two problems for every right', EVERYTHING, access(), [
      expect.stringMatching(/^in example: allowed, must be denied: .*Roles \(bind, escalate\).+The Namespace itself \(update, delete\)$/),
      'in example: allowed, must be denied: *.* (*), * (*)',
    ]],
    ['no problem for a ClusterRole whose rules are in the cluster only', EDIT_RULES, access({ name: 'ours', rules: undefined }), []],
  ])('the verification has %s', async (_, rules, manifests, expected) => {
    expect(await problems(inside(rules), { access: manifests })).toEqual(expected);
  });

  test('the notes list rights from custom resources, and rights that the server\'s ClusterRole lacks', async () => {
    const rules = [...ADMIN_RULES, { verbs: ['get'], apiGroups: ['metrics.k8s.io'], resources: ['pods'] }]
      .filter(({ apiGroups }) => !apiGroups?.includes('resource.k8s.io'));
    expect((await verify(inside(rules), { access: access() })).notes).toEqual(expect.arrayContaining([
      'not judged, since custom resources may extend ClusterRole admin: pods.metrics.k8s.io (get)',
      expect.stringMatching(/^ClusterRole admin of Kubernetes v1\.\d+\.\d+ has rights that are not allowed here: resourceclaims\.resource\.k8s\.io \(get, list/),
    ]));
  });

  const WIDGETS: PolicyRule[] = [
    { verbs: ['get', 'patch'], apiGroups: ['apps'], resources: ['deployments'] },
    { verbs: ['create'], apiGroups: ['example.com'], resources: ['widgets'] },
  ];
  const role = access({ kind: 'Role', name: 'deployer', rules: WIDGETS });

  test('every right of a Role is reviewed, and any other right must be denied', async () => {
    const served = { ...inside(WIDGETS), resources: ['deployments.apps', 'widgets.example.com'] };
    const verification = await verify(served, { access: role });
    expect(differences(verification)).toEqual([]);
    expect(verification.checks.filter(({ answer }) => answer === 'allowed').map(({ title, request }) => [title, request?.verb])).toEqual([
      ['Deployments', 'get'], ['Deployments', 'patch'], ['widgets.example.com', 'create'],
    ]);
    expect(await problems({ ...served, rules: () => [] }, { access: role })).toEqual([
      'in example: denied, must be allowed: Deployments (get, patch), widgets.example.com (create)',
    ]);
  });

  test('an API that the server lacks is a problem', async () => {
    expect(await problems({ ...inside(WIDGETS), resources: ['deployments.apps'] }, { access: role }))
      .toEqual(['the credential: APIs that the Role names must be all of them: it is the server lacks widgets.example.com']);
  });

  test.each<[string, Partial<Access>, string[]]>([
    ['a problem for another ServiceAccount', { subject: { kind: 'ServiceAccount', name: 'other', namespace: 'example' } },
      [`the credential: User must be system:serviceaccount:example:other: it is ${USER}`]],
    ['a problem for another user', { subject: { kind: 'User', name: 'gitlab:42' } }, [`the credential: User must be gitlab:42: it is ${USER}`]],
    ['no problem for a group of the credential', { subject: { kind: 'Group', name: 'system:authenticated' } }, []],
    ['a problem for another group', { subject: { kind: 'Group', name: 'gitlab:project:42' } }, ['the credential: Group must be gitlab:project:42: it is system:authenticated']],
    ['a problem for another namespace', { namespace: 'example-staging' }, ['the credential: Namespace must be example-staging: it is example']],
  ])('the verification has %s', async (_, manifests, expected) => {
    expect(await problems(inside(ADMIN_RULES), { access: access({}, manifests) })).toEqual(expected);
  });
});

describe('when the server fails', () => {
  const failing = (answer: RbacClusterProps['answer']) => ({ ...inside(ADMIN_RULES), answer });
  const onlyFor = (what: string, result: () => object | undefined) => failing((path, body) => (`${path} ${JSON.stringify(body)}`.includes(what) ? result() : undefined));
  const fail = (error: Error) => () => { throw error; };

  test.each<[string, RbacClusterProps, string[]]>([
    ['a list that gets a 500', onlyFor('kube-system/cronjobs', fail(passing(500, 'InternalError', 'etcd'))), ['in kube-system: unknown, must be denied: CronJobs (list)']],
    ['a list that gets a 429', onlyFor('kube-system/cronjobs', fail(passing(429, 'TooManyRequests', 'later'))), ['in kube-system: unknown, must be denied: CronJobs (list)']],
    ['an API that the server lacks', onlyFor('example/cronjobs', fail(refused(404, 'NotFound', 'nowhere'))), ['in example: unknown, must be allowed: CronJobs (list)']],
    ['a review that gets a 503', onlyFor('"approval"', fail(passing(503, 'ServiceUnavailable', 'later'))),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a review that is forbidden', onlyFor('"approval"', fail(refused(403, 'Forbidden', 'no reviews'))),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a review without a decision', onlyFor('"approval"', () => ({ status: { allowed: false, evaluationError: 'webhook timed out' } })),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a review without a status', onlyFor('"approval"', () => ({ kind: 'Surprise' })),
      ['in the whole cluster: unknown, must be denied: Approval of certificate requests (update)']],
    ['a list that a proxy rejects', onlyFor('kube-system/cronjobs', fail(new HttpError('a proxy says no', 403))),
      ['in kube-system: unknown, must be denied: CronJobs (list)']],
    ['a list of rights that gets a 500', onlyFor('SelfSubjectRulesReview","spec":{"namespace":"default"', fail(passing(500, 'InternalError', 'no'))),
      ['in default: unknown, must be denied: Any other right']],
    ['a right inside without an expected answer', onlyFor('"networkpolicies"', () => ({ status: {} })),
      ['in example: unknown: NetworkPolicies (list, create, update, delete)']],
  ])('the answer is unknown, never denied: %s', async (_, props, expected) => {
    expect(await problems(props)).toEqual(expected);
    expect(verdictOf(await verify(props))).toBe('unknown');
  });

  test('a review with a decision and an error counts as decided', async () => {
    const props = onlyFor('"approval"', () => ({ status: { allowed: true, evaluationError: 'the second authorizer timed out', reason: 'RBAC: allowed by …' } }));
    expect(await problems(props)).toEqual(['in the whole cluster: allowed, must be denied: Approval of certificate requests (update)']);
  });

  test('an incomplete list of rights gives a note', async () => {
    const props = onlyFor('SelfSubjectRulesReview', () => ({ status: { resourceRules: [], nonResourceRules: [], incomplete: true, evaluationError: 'a webhook' } }));
    const verification = await verify(props);
    expect(verdictOf(verification)).toBe('as expected');
    expect(verification.notes).toContainEqual(expect.stringMatching(/^the server says that its list of rights is incomplete \(example, kube-system, default\): a webhook;/));
  });

  test.each<[string, Error, string]>([
    ['a credential that the server rejects', refused(401, 'Unauthorized', 'Unauthorized'), 'selfsubjectreviews'],
    ['a credential that expires during the verification', refused(401, 'Unauthorized', 'Unauthorized'), 'kube-system/cronjobs'],
    ['a credential that expires before the list of rights', refused(401, 'Unauthorized', 'Unauthorized'), 'selfsubjectrulesreviews'],
    ['a connection that fails at the first request', new Unreachable('no route'), 'selfsubjectreviews'],
    ['a server that fails at the first request', passing(503, 'ServiceUnavailable', 'later'), 'selfsubjectreviews'],
    ['a server that fails at most requests', passing(503, 'ServiceUnavailable', 'later'), 'selfsubjectaccessreviews'],
    ['a connection that fails during the verification', new Unreachable('no route'), 'kube-system/cronjobs'],
  ])('the verification stops for %s', async (_, error, path) => {
    await expect(verify(onlyFor(path, fail(error)))).rejects.toMatchObject({ name: error.name, message: expect.stringContaining(error.message) });
  });
});

describe('the other ServiceAccounts of the namespace', () => {
  const around = (mine: readonly PolicyRule[], theirs: Record<string, (namespace?: string) => readonly PolicyRule[]>): RbacClusterProps => ({
    username: USER,
    serviceAccounts: ['gitlab-example', ...Object.keys(theirs)],
    rules: (namespace, username) => (username === USER ? (namespace === 'example' ? mine : []) : theirs[username.split(':')[3] ?? '']?.(namespace) ?? []),
  });

  test('give no warning when they have no rights', async () => {
    expect((await verify(around(ADMIN_RULES, { default: () => [] }))).warnings).toEqual([]);
  });

  test('give a warning when they have rights outside the namespace', async () => {
    expect((await verify(around(ADMIN_RULES, { default: () => [], operator: () => EVERYTHING }))).warnings).toEqual([
      'ServiceAccount operator gives access outside the namespace: it has *.* (*), * (*) in kube-system, and the credential can act as it '
        + '(by impersonation, a new token, a Pod, a token Secret)',
    ]);
  });

  test('give a warning when they have more rights in the namespace', async () => {
    const wider = (namespace?: string) => (namespace === 'example' ? ADMIN_RULES : []);
    expect((await verify(around(EDIT_RULES, { wider }))).warnings).toEqual([
      expect.stringMatching(/^ServiceAccount wider has more rights in the namespace: rolebindings\.rbac\.authorization\.k8s\.io \(get, .+credential can act as it/),
    ]);
  });

  test('give a warning without their rights when the credential may run Pods as them, but not impersonate them', async () => {
    const pods = [{ verbs: ['create'], apiGroups: [''], resources: ['pods'] }];
    const seen = [...pods, { verbs: ['list'], apiGroups: [''], resources: ['serviceaccounts'] }];
    const theirs = { operator: () => EVERYTHING };
    expect((await verify(around(pods, theirs))).warnings).toEqual([expect.stringMatching(/^the credential can act as every ServiceAccount in example \(by a Pod\), but may not list them\. Their rights are not visible/)]);
    expect((await verify(around(seen, theirs))).warnings).toEqual([expect.stringMatching(/^the credential can act as operator \(by a Pod\)\. Their rights/)]);
  });

  test('give no warning when the credential cannot act as them', async () => {
    expect((await verify(around([], { operator: () => EVERYTHING }))).warnings).toEqual([]);
  });
});

test('at most 4 requests run in parallel, and none starts after the connection is lost', async () => {
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

test.each([[undefined, 1], [Date.UTC(2027, 0, 1) / 1000, 0]])('the expiry %s of the token gives %d warnings', async (expires, warnings) => {
  expect((await verify(inside(ADMIN_RULES), { claims: { expires } })).warnings).toHaveLength(warnings);
});
