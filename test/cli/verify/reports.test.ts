import { ATTACKED, BAD, FORBIDDEN, GOOD, HOSTILE } from './examples';
import { reportHtml } from '../../../src/cli/verify/report-html';
import { reportJson } from '../../../src/cli/verify/report-json';
import { reportJunit } from '../../../src/cli/verify/report-junit';
import { reportText } from '../../../src/cli/verify/report-text';

describe('the text report', () => {
  test('shows the rights in the namespace, and a count for each other scope', () => {
    expect(reportText(GOOD)).toMatchInlineSnapshot(`
"Server  https://cluster.example.com:6443
User    system:serviceaccount:example:gitlab-example

in example                            get      list     create   update   delete
  Pods                                -        allowed  allowed  -        -
  ServiceAccounts                     -        -        -        -        -
    impersonate                       denied

in kube-system: 2 of 2 denied
  pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "kube-system"

in the whole cluster: 1 of 1 denied

warning: the token expires in 2 days
note: only the lists are judged
access is as expected (6 checks by 7 requests over 1 connections)
"
`);
  });

  test('lists the problems before the verdict', () => {
    expect(reportText(BAD)).toMatchInlineSnapshot(`
"Server    https://cluster.example.com:6443
User      someone (must be system:serviceaccount:example:gitlab-example)
Expected  ClusterRole admin, as in access.yaml

in example                            get      list     create   update   delete
  Pods                                -        unknown? -        -        -

in kube-system: 0 of 2 denied
                                      get      list     create   update   delete
  Secrets                             -        -        ALLOWED! -        -

problem: the credential: User must be system:serviceaccount:example:gitlab-example: it is someone
problem: in kube-system: allowed, must be denied: Secrets (create)
  RBAC: allowed by ClusterRoleBinding "wide"
problem: in kube-system: allowed, must be denied: secrets (create)
problem: in example: unknown, must be allowed: Pods (list)
  503 ServiceUnavailable: etcd
warning: the token expires in 2 days
note: only the lists are judged
access is not as expected (3 checks by 7 requests over 1 connections)
"
`);
  });
});

describe('text of an attacker', () => {
  test.each([['text', reportText], ['JSON', reportJson], ['HTML', reportHtml]])('becomes plain ASCII in the %s report', (_, report) => {
    expect(report(ATTACKED)).toMatch(/^[\n\x20-\x7e]+$/);
  });

  test.each([['HTML', reportHtml], ['JUnit', reportJunit]])('is escaped in the %s report', (_, report) => {
    expect(report(ATTACKED)).not.toMatch(/<script|alert\("|\u001b/);
    expect(report(ATTACKED)).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;');
  });

  test('stays the same for a reader of the JSON report', () => {
    const { server, checks, warnings } = JSON.parse(reportJson(ATTACKED));
    expect([server, checks[0].message, checks[2].rights, warnings]).toEqual([HOSTILE, HOSTILE, [HOSTILE], [HOSTILE]]);
  });
});

test('the JSON report has every check, with null for a missing value', () => {
  const { checks, ...rest } = JSON.parse(reportJson(GOOD));
  expect(rest).toMatchObject({ namespace: 'example', at: '2026-01-01T00:00:00.000Z', expected: null, verdict: 'as expected' });
  expect(checks).toHaveLength(GOOD.checks.length);
  expect(checks[3]).toEqual({
    place: 'other namespace',
    namespace: 'kube-system',
    title: 'Pods',
    verb: 'list',
    target: 'pods',
    means: 'list',
    answer: 'denied',
    expected: 'denied',
    outcome: 'as expected',
    message: FORBIDDEN,
  });
  expect(checks[5]).toMatchObject({ place: 'cluster', namespace: null, message: null });
});

test('the JUnit report has a test case for each check, with a failure for a difference and an error for an unknown answer', () => {
  expect(reportJunit(BAD)).toMatchInlineSnapshot(`
"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="3" errors="1" skipped="0">
  <testsuite name="verify example" tests="4" failures="3" errors="1" skipped="0" timestamp="2026-01-01T00:00:00">
    <testcase classname="the credential" name="User"><failure message="someone, must be system:serviceaccount:example:gitlab-example">someone, must be system:serviceaccount:example:gitlab-example</failure></testcase>
    <testcase classname="in example" name="list pods"><error message="unknown, must be allowed">503 ServiceUnavailable: etcd</error></testcase>
    <testcase classname="in kube-system" name="create secrets"><failure message="allowed, must be denied">RBAC: allowed by ClusterRoleBinding &#34;wide&#34;</failure></testcase>
    <testcase classname="in kube-system" name="Any other right"><failure message="allowed, must be denied">secrets (create)</failure></testcase>
  </testsuite>
</testsuites>
"
`);
  expect(reportJunit(GOOD)).toContain('<testsuites tests="7" failures="0" errors="0" skipped="0">');
});

describe('the HTML report', () => {
  test('loads and runs nothing', () => {
    const text = reportHtml(BAD);
    expect(text).toContain('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">');
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|src=|\son\w+=/i);
    expect([...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual(['#place-example', '#place-kube-system']);
  });

  test('shows the verdict first, and the problems before the tables', () => {
    const body = reportHtml(BAD).split('<body>')[1] ?? '';
    const order = ['Access is not as expected', 'Problems', 'RBAC: allowed by ClusterRoleBinding &#34;wide&#34;', '<table>'].map((part) => body.indexOf(part));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(reportHtml(GOOD)).not.toContain('Problems');
  });

  test('shows every answer as a word with a sign, and the expected answer of a problem', () => {
    expect(reportHtml(GOOD)).toContain('<span class="allowed">&#10003; allowed</span>');
    expect(reportHtml(GOOD)).toContain('<span class="denied">&#8211; denied</span> <span class="verb">impersonate</span>');
    expect(reportHtml(BAD)).toContain('<span class="wrong bad">&#10007; allowed<small>must be denied</small></span>');
    expect(reportHtml(BAD)).toContain('<span class="wrong unsure">? unknown<small>must be allowed</small></span>');
  });
});
