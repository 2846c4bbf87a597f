import { rightsSummary, subjectName } from '../../../src/cli/access/access-summary';
import { PolicyRule } from '../../../src/kubernetes/rbac';

const rule = (verbs: string, resources: string, apiGroups = ''): PolicyRule => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [apiGroups] });

/** The lines of the rights that the rules allow, fully or partly. */
const allowedLines = (...rules: PolicyRule[]) => rightsSummary(rules).filter((line) => !line.startsWith('may not')).map((line) => line.replace(/ \(.*\)$/, ''));

test('a role without rules has a "may not" line for every right', () => {
  const lines = rightsSummary([]);
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.every((line) => /^may not {2}\S/.test(line))).toBe(true);
});

test('a role with every right has a "may" line for every right', () => {
  expect(rightsSummary([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]).every((line) => /^may {6}\S/.test(line))).toBe(true);
});

describe('one request is enough for the right', () => {
  test.each<[string, PolicyRule, string]>([
    ['list secrets, to read every Secret', rule('list', 'secrets'), 'may      read every Secret'],
    ['watch secrets, to read every Secret', rule('watch', 'secrets'), 'may      read every Secret'],
    ['get secrets, to read every Secret', rule('get', 'secrets'), 'may      read every Secret'],
    ['create tokens, to act as ServiceAccounts', rule('create', 'serviceaccounts/token'), 'may      act as every ServiceAccount of the namespace'],
    ['impersonate, to act as ServiceAccounts', rule('impersonate', 'serviceaccounts'), 'may      act as every ServiceAccount of the namespace'],
    ['escalate, to give more rights', rule('escalate', 'roles', 'rbac.authorization.k8s.io'), 'may      give away more rights than it has'],
    ['bind, to give more rights', rule('bind', 'roles', 'rbac.authorization.k8s.io'), 'may      give away more rights than it has'],
    ['delete claims, to delete data', rule('delete', 'persistentvolumeclaims'), 'may      delete PersistentVolumeClaims, and so the data on them'],
    ['create pods/exec, to run commands', rule('create', 'pods/exec'), 'may      run commands in its pods'],
  ])('%s', (_, only, line) => {
    expect(allowedLines(only)).toEqual([line]);
  });
});

describe('a part of the requests gives a "partly" line', () => {
  test.each<[string, PolicyRule, string]>([
    ['for some verbs', rule('create patch', 'deployments', 'apps'), 'partly   create, change and delete workloads'],
    ['for some kinds', rule('create patch delete', 'configmaps'), 'partly   create, change and delete Services, Ingresses and ConfigMaps'],
    ['for the verb create on Secrets', rule('create', 'secrets'), 'partly   create, change and delete Secrets'],
    ['for Roles without RoleBindings', rule('*', 'roles', 'rbac.authorization.k8s.io'), 'partly   give its own rights in the namespace to others'],
  ])('%s', (_, only, line) => {
    expect(allowedLines(only)).toContain(line);
  });
});

test.each<[string, PolicyRule]>([
  ['in another API group', rule('list', 'secrets', 'example.com')],
  ['on named objects', { ...rule('get list', 'secrets'), resourceNames: ['one'] }],
  ['on a subresource', rule('delete', 'persistentvolumeclaims/status')],
])('a request %s does not count', (_, only) => {
  expect(allowedLines(only)).toEqual([]);
});

test('the name of the subject is escaped', () => {
  expect(subjectName({ subject: { kind: 'User', name: 'a\u001b[2Jb' } })).toBe('User "a\\u001b[2Jb"');
  expect(subjectName({ subject: { kind: 'ServiceAccount', namespace: 'agents', name: 'agent' } })).toBe('ServiceAccount "agents/agent"');
});
