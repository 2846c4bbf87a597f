import { JsonObject } from '../../../../src/base/json';
import { accountChecks, accountRules } from '../../../../src/cli/deploy/manifests/check-accounts';

const token = (claims: object) => ['{}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const deployer = token({ 'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'gitlab-example' } } });
const args = (...allowed: string[]) => ({ all: () => allowed }) as never;
const rules = (given = deployer, ...allowed: string[]) => accountRules(args(...allowed), { namespace: 'example', token: given });

function problems(object: object, by = rules()): string[] {
  return accountChecks('web.yaml:1:1', object as JsonObject, by).map((check) => {
    try {
      return check();
    } catch (error) {
      return (error as Error).message;
    }
  });
}

const TOKEN_SECRET = {
  apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { annotations: { 'kubernetes.io/service-account.name': 'gitlab-example' } },
};

test.each<[string, object, string]>([
  ['a Pod', { kind: 'Pod', spec: { serviceAccountName: 'gitlab-example' } }, 'spec.serviceAccountName'],
  ['a CronJob', { spec: { jobTemplate: { spec: { template: { spec: { serviceAccount: 'gitlab-example' } } } } } }, 'spec.jobTemplate.spec.template.spec.serviceAccount'],
  ['a token Secret', TOKEN_SECRET, 'metadata.annotations["kubernetes.io/service-account.name"]'],
  ['a custom resource', { kind: 'SecretStore', spec: { provider: { auth: { serviceAccountRef: { name: 'gitlab-example' } } } } }, 'spec.provider.auth.serviceAccountRef.name'],
])('%s with the account of the credential is refused', (_, object, field) => {
  expect(problems(object)).toEqual([
    `web.yaml:1:1: ${field} is "gitlab-example", the ServiceAccount that deploys, expected an account with the rights of the workload alone; `
    + 'use another account, or allow this one by name (--allow-service-account gitlab-example)',
  ]);
});

test('another account, and the allowed account, are accepted', () => {
  expect(problems({ spec: { serviceAccountName: 'web' } })).toEqual([]);
  expect(problems(TOKEN_SECRET, rules(deployer, 'gitlab-example'))).toEqual([]);
});

test.each<[string, string]>([
  ['an account of another namespace', token({ 'kubernetes.io': { namespace: 'agents', serviceaccount: { name: 'gitlab-example' } } })],
  ['an id_token of GitLab', token({ sub: 'project_path:group/site:ref_type:branch:ref:main', namespace: 'group' })],
  ['no JWT', 'opaque'],
])('a credential with %s names no account', (_, given) => {
  expect(rules(given).deployers).toEqual([]);
});

test('the old form of token names the account, too', () => {
  const old = token({ 'kubernetes.io/serviceaccount/namespace': 'example', 'kubernetes.io/serviceaccount/service-account.name': 'gitlab-example' });
  expect(rules(old).deployers).toEqual(['gitlab-example']);
});
