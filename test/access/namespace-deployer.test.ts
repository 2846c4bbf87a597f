import { Chart } from 'cdk8s';
import { readAccess } from '../../src/cli/access/read-access';
import { environmentSlug } from '../../src/gitlab/environments';
import { DeployerIdentity, DeployerRole, DeployerToken, NamespaceDeployer, NamespaceDeployerProps } from '../../src/index';
import { app, messageOf, only, plainChart, synth } from '../support/synth';

function manifestsOf(props: Partial<NamespaceDeployerProps> = {}) {
  const chart = plainChart('access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example', ...props });
  return synth(chart);
}

test('by default, a NamespaceDeployer defines a ServiceAccount with ClusterRole admin in the namespace', () => {
  expect(manifestsOf()).toMatchInlineSnapshot(`
[
  {
    "apiVersion": "v1",
    "automountServiceAccountToken": false,
    "kind": "ServiceAccount",
    "metadata": {
      "name": "gitlab-example",
      "namespace": "example",
    },
  },
  {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {
      "name": "gitlab-example-admin",
      "namespace": "example",
    },
    "roleRef": {
      "apiGroup": "rbac.authorization.k8s.io",
      "kind": "ClusterRole",
      "name": "admin",
    },
    "subjects": [
      {
        "kind": "ServiceAccount",
        "name": "gitlab-example",
        "namespace": "example",
      },
    ],
  },
]
`);
});

test('the namespace is written even when the chart has another one', () => {
  const chart = new Chart(app(), 'access', { namespace: 'elsewhere' });
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example' });
  const manifests = synth(chart);
  expect(manifests.map((manifest) => manifest.metadata.namespace)).toEqual(['example', 'example']);
  expect(only('RoleBinding', manifests).subjects[0].namespace).toBe('example');
});

test.each([
  [DeployerRole.admin(), 'admin'],
  [DeployerRole.edit(), 'edit'],
  [DeployerRole.clusterRole('deployers:web'), 'deployers:web'],
])('the name of the RoleBinding contains the role, since a roleRef is immutable: %#', (role, name) => {
  const binding = only('RoleBinding', manifestsOf({ role }));
  expect(binding.roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
  expect(binding.metadata.name).toBe(`gitlab-example-${name}`);
});

test('a token Secret names its ServiceAccount, which does not list it', () => {
  const identity = DeployerIdentity.serviceAccount({ name: 'ci', token: DeployerToken.tokenSecret() });
  const manifests = manifestsOf({ identity });
  expect(only('Secret', manifests)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name: 'ci-token', namespace: 'example', annotations: { 'kubernetes.io/service-account.name': 'ci' } },
  });
  expect(only('ServiceAccount', manifests)).not.toHaveProperty('secrets');
});

test('a requested token adds no object to the manifests', () => {
  const identity = DeployerIdentity.serviceAccount({ token: DeployerToken.tokenRequest() });
  expect(manifestsOf({ identity }).map((manifest) => manifest.kind)).toEqual(['ServiceAccount', 'RoleBinding']);
});

test('createNamespace defines the Namespace with its labels', () => {
  const chart = new Chart(app(), 'access', { namespace: 'example' });
  new NamespaceDeployer(chart, 'gitlab', {
    namespace: 'example',
    createNamespace: true,
    namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  });
  expect(only('Namespace', synth(chart)).metadata).toEqual({ name: 'example', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
});

test.each([
  [{ namespaceLabels: { a: 'b' } }, 'access/gitlab: namespaceLabels is given without createNamespace, expected both; set createNamespace, or label the namespace yourself'],
  [{ createNamespace: true, namespaceLabels: { a: 'b c' } }, 'access/gitlab: label "a" is "b c", expected a label value'],
])('invalid labels are refused: %j', (props, message) => {
  expect(messageOf(() => manifestsOf(props))).toContain(message);
});

describe('an identity of the GitLab agent', () => {
  test('is the ServiceAccount of the agent', () => {
    const identity = DeployerIdentity.gitlabAgent({ serviceAccountName: 'gitlab-agent', serviceAccountNamespace: 'gitlab-agent-prod' });
    const manifests = manifestsOf({ identity });
    expect(manifests.map((manifest) => manifest.kind)).toEqual(['RoleBinding']);
    expect(manifests[0].subjects).toEqual([{ kind: 'ServiceAccount', name: 'gitlab-agent', namespace: 'gitlab-agent-prod' }]);
    expect(manifests[0].metadata).toEqual({ name: 'gitlab-agent-prod-gitlab-agent-admin', namespace: 'example' });
  });

  test.each([
    [{ projectId: 42 }, 'gitlab:project:42', 'gitlab-agent-project-42-admin'],
    [{ projectId: 42, environmentSlug: 'production' }, 'gitlab:project_env:42:production', 'gitlab-agent-project-42-env-production-admin'],
  ])('is the group that the agent impersonates: %j', (options, name, bindingName) => {
    const binding = only('RoleBinding', manifestsOf({ identity: DeployerIdentity.gitlabAgent(options) }));
    expect(binding.subjects).toEqual([{ kind: 'Group', name, apiGroup: 'rbac.authorization.k8s.io' }]);
    expect(binding.metadata.name).toBe(bindingName);
  });

  test.each([
    [{}, 'gitlabAgent has neither a ServiceAccount nor a projectId'],
    [{ projectId: 1, serviceAccountName: 'a', serviceAccountNamespace: 'b' }, 'gitlabAgent has both a ServiceAccount and a projectId'],
    [{ serviceAccountName: 'a' }, 'serviceAccountNamespace is ""'],
    [{ serviceAccountNamespace: 'a' }, 'serviceAccountName is ""'],
    [{ projectId: 0 }, 'projectId is 0'],
    [{ projectId: 1.5 }, 'projectId is 1.5'],
    [{ environmentSlug: 'production' }, 'environmentSlug is "production" without projectId'],
    [{ projectId: 42, environmentSlug: 'Review/1' }, 'environmentSlug is "Review/1"'],
  ])('refuses %j', (options, message) => {
    expect(() => DeployerIdentity.gitlabAgent(options)).toThrow(message);
  });
});

describe('an OIDC identity', () => {
  const trust = { projectId: 42, issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com' };

  test('is a user with the project id in its name, and annotations with the issuer and the audience', () => {
    const binding = only('RoleBinding', manifestsOf({ identity: DeployerIdentity.oidc(trust) }));
    expect(binding.subjects).toEqual([{ kind: 'User', name: 'gitlab:project:42', apiGroup: 'rbac.authorization.k8s.io' }]);
    expect(binding.metadata).toEqual({
      name: 'gitlab-project-42-admin',
      namespace: 'example',
      annotations: {
        'cdk8s-ci-deploy/oidc-issuer': trust.issuer,
        'cdk8s-ci-deploy/oidc-audience': trust.audience,
        'cdk8s-ci-deploy/oidc-project-id': '42',
        'cdk8s-ci-deploy/oidc-username-prefix': 'gitlab:',
      },
    });
  });

  test('is the group of a protected environment', () => {
    const identity = DeployerIdentity.oidc({ ...trust, environment: 'Production/EU', usernamePrefix: 'ci:' });
    const binding = only('RoleBinding', manifestsOf({ identity }));
    expect(binding.subjects).toEqual([{ kind: 'Group', name: 'ci:project:42:environment:Production/EU', apiGroup: 'rbac.authorization.k8s.io' }]);
    expect(binding.metadata.name).toBe(`gitlab-project-42-env-${environmentSlug('Production/EU')}-admin`);
    expect(binding.metadata.annotations).toMatchObject({ 'cdk8s-ci-deploy/oidc-username-prefix': 'ci:', 'cdk8s-ci-deploy/oidc-environment': 'Production/EU' });
  });

  test.each([{}, { environment: 'production' }])('can be read from the manifests: %j', (options) => {
    const manifests = manifestsOf({ identity: DeployerIdentity.oidc({ ...trust, ...options }) });
    expect(readAccess(JSON.stringify(manifests[0]), 'access.yaml').oidc).toEqual({ ...trust, usernamePrefix: 'gitlab:', ...options });
  });

  test.each([
    [{ issuer: 'http://gitlab.example.com' }, 'issuer is "http://gitlab.example.com"'],
    [{ issuer: 'https://gitlab.example.com/?a' }, 'issuer is'],
    [{ issuer: 'https://a@gitlab.example.com' }, 'issuer is'],
    [{ audience: ' ' }, 'audience is " "'],
    [{ audience: '' }, 'audience is ""'],
    [{ audience: 'a\nb' }, 'audience is "a\\nb"'],
    [{ usernamePrefix: 'system:gitlab:' }, 'usernamePrefix is "system:gitlab:"'],
    [{ usernamePrefix: 'a"b' }, 'usernamePrefix is "a\\"b"'],
    [{ environment: '' }, 'environment is ""'],
    [{ environment: 'production/' }, 'environment is "production/"'],
    [{ environment: 'review/$CI_COMMIT_REF_SLUG' }, 'environment is "review/$CI_COMMIT_REF_SLUG"'],
    [{ environment: 'a:environment:b' }, 'environment is "a:environment:b"'],
    [{ usernamePrefix: 'system:' }, 'usernamePrefix is "system:"'],
    [{ usernamePrefix: '' }, 'usernamePrefix is ""'],
    [{ projectId: -1 }, 'projectId is -1'],
  ])('refuses %j', (change, message) => {
    expect(() => DeployerIdentity.oidc({ ...trust, ...change })).toThrow(message);
  });
});

test.each(['default', 'kube-system', 'kube-anything'])('the protected namespace %s is refused unless it is allowed', (namespace) => {
  expect(messageOf(() => manifestsOf({ namespace }))).toBe(
    `access/gitlab: namespace is "${namespace}", expected a namespace of the application's own, not "default" or "kube-*"; ` +
    'create one for it, or allow this one (allowProtectedNamespace, --allow-protected-namespace)',
  );
  expect(manifestsOf({ namespace, allowProtectedNamespace: true })).toHaveLength(2);
});

test.each(['', 'Example', 'a.b', 'a_b', '-a', 'a'.repeat(64), 'example\n'])('the namespace %j is refused', (namespace) => {
  expect(messageOf(() => manifestsOf({ namespace }))).toMatch(/^access\/gitlab: namespace is ".*", expected a DNS label .* of at most 63 characters; name an existing namespace, such as "my-app"$/);
});

test('an invalid name of a ServiceAccount is refused, with the path of the construct', () => {
  const identity = DeployerIdentity.serviceAccount({ name: 'Bad_Name' });
  expect(messageOf(() => manifestsOf({ identity }))).toMatch(/^access\/gitlab: identity: name is "Bad_Name", expected a DNS subdomain .*; change name to "bad-name"$/);
});

test('an invalid name of a ClusterRole is refused', () => {
  expect(() => DeployerRole.clusterRole('a/b')).toThrow('role: clusterRole is "a/b"');
});

test('its properties describe the identity and the role', () => {
  const deployer = new NamespaceDeployer(plainChart(), 'gitlab', { namespace: 'example' });
  expect(deployer.subject).toBe('ServiceAccount example/gitlab-example');
  expect(deployer.roleBindingName).toBe('gitlab-example-admin');
  expect(deployer.role.name).toBe('admin');
});
