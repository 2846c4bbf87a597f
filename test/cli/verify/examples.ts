import { Check, outcomeOf, Place, Verification } from '../../../src/cli/verify/verification';

const INSIDE: Place = { kind: 'namespace', namespace: 'example' };
const SYSTEM: Place = { kind: 'other namespace', namespace: 'kube-system' };
const CLUSTER: Place = { kind: 'cluster' };

function check(place: Place, title: string, verb: string, resource: string, answer: Check['answer'], expected?: Check['expected'], message?: string): Check {
  const means = verb === 'list' ? 'list' : 'access review';
  return { place, title, request: { verb, group: '', resource }, means, answer, expected, outcome: outcomeOf(answer, expected), message };
}

export const FORBIDDEN = 'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "kube-system"';

/** A credential that is as it must be. */
export const WELL: Verification = {
  server: 'https://cluster.example.com:6443',
  namespace: 'example',
  at: Date.UTC(2026, 0, 1),
  facts: [{ title: 'User', found: 'system:serviceaccount:example:gitlab-example', outcome: 'not judged' }],
  checks: [
    check(INSIDE, 'Pods', 'list', 'pods', 'allowed', 'allowed'),
    check(INSIDE, 'Pods', 'create', 'pods', 'allowed'),
    check(INSIDE, 'ServiceAccounts', 'impersonate', 'serviceaccounts', 'denied'),
    check(SYSTEM, 'Pods', 'list', 'pods', 'denied', 'denied', FORBIDDEN),
    { place: SYSTEM, title: 'Any other right', means: 'rules review', answer: 'denied', expected: 'denied', outcome: 'as expected', rights: [] },
    check(CLUSTER, 'Nodes', 'delete', 'nodes', 'denied', 'denied'),
  ],
  warnings: ['the token ends in 2 days'],
  notes: ['no access manifests were given'],
  counts: { connections: 1, requests: 7 },
};

/** One that is not, in every way. */
export const ILL: Verification = {
  ...WELL,
  expected: 'ClusterRole admin, as in access.yaml',
  facts: [{ title: 'User', found: 'someone', expected: 'system:serviceaccount:example:gitlab-example', outcome: 'differs' }],
  checks: [
    check(INSIDE, 'Pods', 'list', 'pods', 'unknown', 'allowed', '503 ServiceUnavailable: etcd'),
    check(SYSTEM, 'Secrets', 'create', 'secrets', 'allowed', 'denied', 'RBAC: allowed by ClusterRoleBinding "wide"'),
    { place: SYSTEM, title: 'Any other right', means: 'rules review', answer: 'allowed', expected: 'denied', outcome: 'differs', rights: ['secrets (create)'] },
  ],
};

/** What someone else may have written anywhere: a control sequence, markup, text that turns the direction, half a letter. */
export const HOSTILE = 'a\u001b[31m<script>alert("1")</script>&\'\u202e\ud800';

/** It is everywhere. */
export const ATTACKED: Verification = {
  ...ILL,
  server: HOSTILE,
  namespace: HOSTILE,
  expected: HOSTILE,
  facts: [{ title: HOSTILE, found: HOSTILE, expected: HOSTILE, outcome: 'differs' }],
  checks: [
    { ...check({ kind: 'namespace', namespace: HOSTILE }, HOSTILE, HOSTILE, HOSTILE, 'unknown', 'allowed', HOSTILE) },
    { ...check({ kind: 'other namespace', namespace: HOSTILE }, HOSTILE, 'list', HOSTILE, 'denied', 'denied', HOSTILE) },
    { place: SYSTEM, title: HOSTILE, means: 'rules review', answer: 'allowed', expected: 'denied', outcome: 'differs', rights: [HOSTILE] },
  ],
  warnings: [HOSTILE],
  notes: [HOSTILE],
};
