import { Check, outcomeOf, Scope, Verification } from '../../../src/cli/verify/verification';

const INSIDE: Scope = { kind: 'namespace', namespace: 'example' };
const SYSTEM: Scope = { kind: 'other namespace', namespace: 'kube-system' };
const CLUSTER: Scope = { kind: 'cluster' };

function check(scope: Scope, title: string, verb: string, resource: string, answer: Check['answer'], expected?: Check['expected'], message?: string): Check {
  const method = verb === 'list' ? 'list' : 'access review';
  return { scope, title, request: { verb, group: '', resource }, method, answer, expected, outcome: outcomeOf(answer, expected), message };
}

export const FORBIDDEN = 'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "kube-system"';

/** A credential whose rights are as expected. */
export const GOOD: Verification = {
  server: 'https://cluster.example.com:6443',
  namespace: 'example',
  at: Date.UTC(2026, 0, 1),
  facts: [{ title: 'User', found: 'system:serviceaccount:example:gitlab-example', outcome: 'not judged' }],
  checks: [
    check(INSIDE, 'Pods', 'list', 'pods', 'allowed', 'allowed'),
    check(INSIDE, 'Pods', 'create', 'pods', 'allowed'),
    check(INSIDE, 'ServiceAccounts', 'impersonate', 'serviceaccounts', 'denied'),
    check(SYSTEM, 'Pods', 'list', 'pods', 'denied', 'denied', FORBIDDEN),
    { scope: SYSTEM, title: 'Any other right', method: 'rules review', answer: 'denied', expected: 'denied', outcome: 'as expected', rights: [] },
    check(CLUSTER, 'Nodes', 'delete', 'nodes', 'denied', 'denied'),
  ],
  warnings: ['the token expires in 2 days'],
  notes: ['only the lists are judged'],
  counts: { connections: 1, requests: 7 },
};

/** A credential with every kind of problem. */
export const BAD: Verification = {
  ...GOOD,
  expected: 'ClusterRole admin, as in access.yaml',
  facts: [{ title: 'User', found: 'someone', expected: 'system:serviceaccount:example:gitlab-example', outcome: 'differs' }],
  checks: [
    check(INSIDE, 'Pods', 'list', 'pods', 'unknown', 'allowed', '503 ServiceUnavailable: etcd'),
    check(SYSTEM, 'Secrets', 'create', 'secrets', 'allowed', 'denied', 'RBAC: allowed by ClusterRoleBinding "wide"'),
    { scope: SYSTEM, title: 'Any other right', method: 'rules review', answer: 'allowed', expected: 'denied', outcome: 'differs', rights: ['secrets (create)'] },
  ],
};

/** Text of an attacker: a control sequence, markup, a change of the text direction, half a surrogate pair. */
export const HOSTILE = 'a\u001b[31m<script>alert("1")</script>&\'\u202e\ud800';

/** A verification with the text of an attacker in every field. */
export const ATTACKED: Verification = {
  ...BAD,
  server: HOSTILE,
  namespace: HOSTILE,
  expected: HOSTILE,
  facts: [{ title: HOSTILE, found: HOSTILE, expected: HOSTILE, outcome: 'differs' }],
  checks: [
    { ...check({ kind: 'namespace', namespace: HOSTILE }, HOSTILE, HOSTILE, HOSTILE, 'unknown', 'allowed', HOSTILE) },
    { ...check({ kind: 'other namespace', namespace: HOSTILE }, HOSTILE, 'list', HOSTILE, 'denied', 'denied', HOSTILE) },
    { scope: SYSTEM, title: HOSTILE, method: 'rules review', answer: 'allowed', expected: 'denied', outcome: 'differs', rights: [HOSTILE] },
  ],
  warnings: [HOSTILE],
  notes: [HOSTILE],
};
