import { App, Chart, Yaml } from 'cdk8s';
import { DeployerIdentity, DeployerRole, DeployerToken, NamespaceDeployer, NamespaceDeployerProps } from '../../../src';
import { Access } from '../../../src/cli/access/access';
import { accessSummary } from '../../../src/cli/access/access-summary';
import { readAccess } from '../../../src/cli/access/read-access';
import { ADMIN_RULES, EDIT_RULES } from '../../../src/kubernetes/user-facing-roles';

const RBAC = 'rbac.authorization.k8s.io';

function manifests(props: Partial<NamespaceDeployerProps> = {}): any[] {
  const chart = new Chart(new App(), 'access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example', ...props });
  return chart.toJson();
}

const read = (objects: object[]): Access => readAccess(Yaml.stringify(...objects), 'access.yaml');

describe('the manifests of NamespaceDeployer', () => {
  test('give the namespace, the subject, the role with its rules, and the ServiceAccount', () => {
    const access = read(manifests());
    expect(access).toMatchObject({
      file: 'access.yaml',
      namespace: 'example',
      subject: { kind: 'ServiceAccount', name: 'gitlab-example', namespace: 'example' },
      role: { kind: 'ClusterRole', name: 'admin' },
      roleBinding: 'gitlab-example-admin',
      serviceAccount: { name: 'gitlab-example', tokenSecret: undefined },
      oidc: undefined,
    });
    expect(access.role.rules).toBe(ADMIN_RULES);
  });

  test('are sorted in the order in which to apply them, whatever the order in the file', () => {
    const props = { createNamespace: true, identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) };
    const kinds = read(manifests(props).reverse()).objects.map(({ kind }) => kind);
    expect(kinds).toEqual(['Namespace', 'ServiceAccount', 'Secret', 'RoleBinding']);
  });

  test('give the name of the token Secret', () => {
    const identity = DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() });
    expect(read(manifests({ identity })).serviceAccount).toEqual({ name: 'gitlab-example', tokenSecret: 'gitlab-example-token' });
  });

  test.each<[string, DeployerRole, unknown]>([
    ['with the shipped rules for edit', DeployerRole.edit(), EDIT_RULES],
    ['without rules for another ClusterRole', DeployerRole.clusterRole('deployer'), undefined],
  ])('give the role %s', (_, role, rules) => {
    expect(read(manifests({ role })).role).toEqual({ kind: 'ClusterRole', name: role.name, rules });
  });

  test('give no ServiceAccount for a GitLab agent in another namespace', () => {
    const identity = DeployerIdentity.gitlabAgent({ serviceAccountName: 'agent', serviceAccountNamespace: 'gitlab-agent' });
    expect(read(manifests({ identity }))).toMatchObject({ serviceAccount: undefined, subject: { kind: 'ServiceAccount', namespace: 'gitlab-agent', name: 'agent' } });
  });

  test('may be the items of a List', () => {
    expect(read([{ apiVersion: 'v1', kind: 'List', items: manifests() }]).roleBinding).toBe('gitlab-example-admin');
  });
});

test('a Role in the file gives the rules of the role', () => {
  const role = { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: 'deployer', namespace: 'example' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
  const objects = manifests().map((object) => (object.kind === 'RoleBinding' ? { ...object, roleRef: { apiGroup: RBAC, kind: 'Role', name: 'deployer' } } : object));
  expect(read([...objects, role]).role).toEqual({
    kind: 'Role', name: 'deployer', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: [] }],
  });
});

describe('the manifests of a deployer with least privilege', () => {
  const role = DeployerRole.leastPrivilege({
    projectId: 42, environment: 'production', app: 'web', manifests: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }',
  });

  test('hold its Role, its Lease and its empty history Secrets, which are no token Secrets', () => {
    const access = read(manifests({ role }));
    expect(access).toMatchObject({ role: { kind: 'Role', name: 'gitlab-example-least-privilege' }, serviceAccount: { tokenSecret: undefined } });
    expect(access.objects.map(({ kind }) => kind)).toEqual(['ServiceAccount', ...Array(5).fill('Secret'), 'Lease', 'Role', 'RoleBinding']);
  });

  test('may hold a token Secret beside the history Secrets', () => {
    const identity = DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() });
    expect(read(manifests({ role, identity })).serviceAccount).toEqual({ name: 'gitlab-example', tokenSecret: 'gitlab-example-token' });
  });

  test('may bind the ServiceAccount of a GitLab agent', () => {
    const identity = DeployerIdentity.gitlabAgent({ serviceAccountName: 'agent', serviceAccountNamespace: 'gitlab-agent' });
    expect(read(manifests({ role, identity })).serviceAccount).toBeUndefined();
  });

  test('are rejected with data in a history Secret', () => {
    const objects = manifests({ role }).map((object) => (object.kind === 'Secret' ? { ...object, data: { record: 'aHVudGVyMg==' } } : object));
    expect(() => read(objects)).toThrow(/has data in it, expected an empty Secret for the release history/);
    expect(() => read(objects)).not.toThrow(/aHVudGVyMg/);
  });

  test('are described with a line for each rule', () => {
    const lines = accessSummary(read(manifests({ role })));
    expect(lines[0]).toBe('ServiceAccount "example/gitlab-example" gets Role "gitlab-example-least-privilege" in namespace "example", and nothing outside it. There it');
    expect(lines).toContain('  may      get, create, patch, delete configmaps "web"');
    expect(lines).toContain('  may      list, watch replicasets.apps');
    expect(lines.at(-1)).toBe('  may not  do anything else');
  });
});

describe('reading is rejected for', () => {
  const [account, binding] = manifests();
  const secret = manifests({ identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) }).find(({ kind }) => kind === 'Secret');
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'example' } };
  const bound = (change: object) => [account, { ...binding, ...change }];

  test.each<[string, object[], RegExp]>([
    ['a Deployment', [account, binding, deployment], /^access\.yaml:\d+:1: "Deployment\.apps" in "apps\/v1", expected only objects that give access: Namespace/],
    ['a ClusterRoleBinding', [account, { ...binding, kind: 'ClusterRoleBinding' }], /"ClusterRoleBinding\.rbac.*use a RoleBinding, which gives the role in one namespace/],
    ['an old version', [account, { ...binding, apiVersion: `${RBAC}/v1beta1` }], /in "rbac\.authorization\.k8s\.io\/v1beta1"/],
    ['no RoleBinding', [account], /^access\.yaml: no RoleBinding, expected/],
    ['two deployers', [...manifests(), ...manifests({ role: DeployerRole.edit() }).slice(1)], /: 2 RoleBindings, so more than one deployer/],
    ['a duplicate object', [account, account, binding], /ServiceAccount "gitlab-example" is a duplicate/],
    ['a RoleBinding without a namespace', bound({ metadata: { name: 'x' } }), /metadata\.namespace is nothing, expected text/],
    ['a protected namespace', manifests({ namespace: 'kube-system', allowProtectedNamespace: true }), /namespace is "kube-system", expected a namespace of the application's own/],
    ['objects of two namespaces', [{ ...account, metadata: { ...account.metadata, namespace: 'other' } }, binding], /ServiceAccount "gitlab-example" is in namespace "other"/],
    ['another Namespace', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }, account, binding], /: Namespace "other", expected objects of namespace "example"/],
    ['two subjects', bound({ subjects: [...binding.subjects, { kind: 'User', name: 'x' }] }), /: 2 subjects, expected exactly one/],
    ['a group of Kubernetes itself as the subject', bound({ subjects: [{ kind: 'Group', name: 'system:authenticated' }] }), /Group "system:authenticated", expected one deployer/],
    ['a bound ServiceAccount that is not in the file', [binding], /binds ServiceAccount "gitlab-example" of this namespace, which is not in the file/],
    ['a ServiceAccount that is not bound', [account, { ...account, metadata: { name: 'a', namespace: 'example' } }, binding].slice(1), /ServiceAccount "a" is not the subject/],
    ['a Role that is not in the file', bound({ roleRef: { kind: 'Role', name: 'deployer' } }), /Role "deployer" is not in the file/],
    ['a listed Secret', [{ ...account, secrets: [{ name: 'gitlab-example-token' }] }, binding], /lists secrets, expected none/],
    ['a Secret with data', [account, { ...secret, stringData: { token: 'hunter2' } }, binding], /has data in it, expected an empty Secret/],
    ['a Secret of another type', [account, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'example' } }, binding], /Secret "s" is no token of the ServiceAccount/],
  ])('%s', (_, objects, message) => {
    expect(() => read(objects)).toThrow(message);
    expect(() => read(objects)).not.toThrow(/hunter2/);
  });

  test.each([['', /no document/], ['a: 1', /expected a Kubernetes object/], ['{{ x }}', /render/]])('the text %j', (text, message) => {
    expect(() => readAccess(text, 'access.yaml')).toThrow(message);
  });

  test('no protected namespace that the options allow', () => {
    const objects = manifests({ namespace: 'default', allowProtectedNamespace: true });
    expect(readAccess(Yaml.stringify(...objects), 'access.yaml', { allowProtectedNamespace: true }).namespace).toBe('default');
  });
});

describe('the summary', () => {
  test('lists the rights of ClusterRole admin', () => {
    expect(accessSummary(read(manifests())).join('\n')).toMatchInlineSnapshot(`
"ServiceAccount "example/gitlab-example" gets ClusterRole "admin" in namespace "example", and nothing outside it. There it
  may      create, change and delete workloads (Deployments, StatefulSets, DaemonSets, Jobs, CronJobs)
  may      create, change and delete Services, Ingresses and ConfigMaps
  may      read every Secret
  may      create, change and delete Secrets
  may      delete PersistentVolumeClaims, and so the data on them
  may      run commands in its pods
  may      act as every ServiceAccount of the namespace (make its tokens, or impersonate it)
  may      give its own rights in the namespace to others (Roles and RoleBindings)
  may not  give away more rights than it has
  may not  change the namespace's quota and limits
  may not  delete the namespace itself"
`);
  });

  test('says that ClusterRole edit may not give its rights to others', () => {
    expect(accessSummary(read(manifests({ role: DeployerRole.edit() })))).toContain('  may not  give its own rights in the namespace to others (Roles and RoleBindings)');
  });

  test('names the command that describes a ClusterRole of the cluster', () => {
    expect(accessSummary(read(manifests({ role: DeployerRole.clusterRole('deployer') })))).toEqual([
      'ServiceAccount "example/gitlab-example" gets ClusterRole "deployer" in namespace "example", and nothing outside it. '
      + 'The rights of that role are in the cluster only: kubectl describe clusterrole "deployer"',
    ]);
  });
});
