import { rightsInWords, subjectInWords } from '../../../src/cli/access/rights-in-words';
import { PolicyRule } from '../../../src/kubernetes/rbac';

const rule = (verbs: string, resources: string, apiGroups = ''): PolicyRule => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [apiGroups] });

/** What is said of a role, apart from what it may not. */
const said = (...rules: PolicyRule[]) => rightsInWords(rules).filter((line) => !line.startsWith('may not')).map((line) => line.replace(/ \(.*\)$/, ''));

test('a role without rules may nothing', () => {
  const lines = rightsInWords([]);
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.every((line) => /^may not {2}\S/.test(line))).toBe(true);
});

test('a role that may everything may all of it', () => {
  expect(rightsInWords([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]).every((line) => /^may {6}\S/.test(line))).toBe(true);
});

describe('what one right suffices for is said to be allowed', () => {
  test.each<[string, PolicyRule, string]>([
    ['who lists Secrets reads them', rule('list', 'secrets'), 'may      read every Secret'],
    ['who watches Secrets reads them', rule('watch', 'secrets'), 'may      read every Secret'],
    ['who knows their names reads them', rule('get', 'secrets'), 'may      read every Secret'],
    ['who makes tokens acts as their accounts', rule('create', 'serviceaccounts/token'), 'may      act as every ServiceAccount of the namespace'],
    ['who impersonates accounts acts as them', rule('impersonate', 'serviceaccounts'), 'may      act as every ServiceAccount of the namespace'],
    ['who escalates gives away more than he has', rule('escalate', 'roles', 'rbac.authorization.k8s.io'), 'may      give away more rights than it has'],
    ['who binds roles gives away more than he has', rule('bind', 'roles', 'rbac.authorization.k8s.io'), 'may      give away more rights than it has'],
    ['who deletes claims deletes data', rule('delete', 'persistentvolumeclaims'), 'may      delete PersistentVolumeClaims, and so the data on them'],
    ['who executes runs commands', rule('create', 'pods/exec'), 'may      run commands in its pods'],
  ])('%s', (_, only, line) => {
    expect(said(only)).toEqual([line]);
  });
});

describe('what is only some of it is said to be that', () => {
  test.each<[string, PolicyRule, string]>([
    ['some verbs', rule('create patch', 'deployments', 'apps'), 'partly   create, change and delete workloads'],
    ['some kinds', rule('create patch delete', 'configmaps'), 'partly   create, change and delete Services, Ingresses and ConfigMaps'],
    ['to create Secrets', rule('create', 'secrets'), 'partly   create, change and delete Secrets'],
    ['Roles without RoleBindings', rule('*', 'roles', 'rbac.authorization.k8s.io'), 'partly   give its own rights in the namespace to others'],
  ])('%s', (_, only, line) => {
    expect(said(only)).toContain(line);
  });
});

test.each<[string, PolicyRule]>([
  ['another group', rule('list', 'secrets', 'example.com')],
  ['names that are given', { ...rule('get list', 'secrets'), resourceNames: ['one'] }],
  ['a subresource', rule('delete', 'persistentvolumeclaims/status')],
])('%s is not it', (_, only) => {
  expect(said(only)).toEqual([]);
});

test('names are escaped, whoever gave them', () => {
  expect(subjectInWords({ subject: { kind: 'User', name: 'a\u001b[2Jb' } })).toBe('User "a\\u001b[2Jb"');
  expect(subjectInWords({ subject: { kind: 'ServiceAccount', namespace: 'agents', name: 'agent' } })).toBe('ServiceAccount "agents/agent"');
});
