import { ATTACKED, FORBIDDEN, HOSTILE, ILL, WELL } from './examples';
import { reportHtml } from '../../../src/cli/verify/report-html';
import { reportJson } from '../../../src/cli/verify/report-json';
import { reportJunit } from '../../../src/cli/verify/report-junit';
import { reportText } from '../../../src/cli/verify/report-text';

describe('for people', () => {
  test('when all is well', () => {
    expect(reportText(WELL)).toMatchInlineSnapshot(`
"Server  https://cluster.example.com:6443
User    system:serviceaccount:example:gitlab-example

in example                            get      list     create   update   delete
  Pods                                -        allowed  allowed  -        -
  ServiceAccounts                     -        -        -        -        -
    impersonate                       denied

in kube-system: 2 of 2 denied
  pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "kube-system"

in the whole cluster: 1 of 1 denied

warning: the token ends in 2 days
note: no access manifests were given
access is as it must be (6 checks by 7 requests over 1 connections)
"
`);
  });

  test('when something is wrong', () => {
    expect(reportText(ILL)).toMatchInlineSnapshot(`
"Server    https://cluster.example.com:6443
User      someone (must be system:serviceaccount:example:gitlab-example)
Expected  ClusterRole admin, as in access.yaml

in example                            get      list     create   update   delete
  Pods                                -        unknown? -        -        -

in kube-system: 0 of 2 denied
                                      get      list     create   update   delete
  Secrets                             -        -        ALLOWED! -        -

wrong: the credential: User must be system:serviceaccount:example:gitlab-example: it is someone
wrong: in kube-system: allowed, must be denied: Secrets (create)
  RBAC: allowed by ClusterRoleBinding "wide"
wrong: in kube-system: allowed, must be denied: secrets (create)
wrong: in example: unknown, must be allowed: Pods (list)
  503 ServiceUnavailable: etcd
warning: the token ends in 2 days
note: no access manifests were given
access is not as it must be (3 checks by 7 requests over 1 connections)
"
`);
  });
});

describe('what others wrote', () => {
  test.each([['text', reportText], ['JSON', reportJson], ['HTML', reportHtml]])('is plain ASCII in %s', (_, report) => {
    expect(report(ATTACKED)).toMatch(/^[\n\x20-\x7e]+$/);
  });

  test.each([['HTML', reportHtml], ['JUnit', reportJunit]])('is no markup in %s', (_, report) => {
    expect(report(ATTACKED)).not.toMatch(/<script|alert\("|\u001b/);
    expect(report(ATTACKED)).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;');
  });

  test('comes back from JSON as it was', () => {
    const { server, checks, warnings } = JSON.parse(reportJson(ATTACKED));
    expect([server, checks[0].message, checks[2].rights, warnings]).toEqual([HOSTILE, HOSTILE, [HOSTILE], [HOSTILE]]);
  });
});

test('for programs: every check, with nothing left out that has no value', () => {
  const { checks, ...rest } = JSON.parse(reportJson(WELL));
  expect(rest).toMatchObject({ namespace: 'example', at: '2026-01-01T00:00:00.000Z', expected: null, verdict: 'as expected' });
  expect(checks).toHaveLength(WELL.checks.length);
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

test('for GitLab: a test case for each check, what differs a failure, what is unknown an error', () => {
  expect(reportJunit(ILL)).toMatchInlineSnapshot(`
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
  expect(reportJunit(WELL)).toContain('<testsuites tests="7" failures="0" errors="0" skipped="0">');
});

describe('as a page', () => {
  test('loads and runs nothing', () => {
    const text = reportHtml(ILL);
    expect(text).toContain('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">');
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|src=|\son\w+=/i);
    expect([...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual(['#place-example', '#place-kube-system']);
  });

  test('says the verdict first, and what is wrong before the tables', () => {
    const body = reportHtml(ILL).split('<body>')[1] ?? '';
    const order = ['Access is not as it must be', 'What is wrong', 'RBAC: allowed by ClusterRoleBinding &#34;wide&#34;', '<table>'].map((part) => body.indexOf(part));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(reportHtml(WELL)).not.toContain('What is wrong');
  });

  test('says every answer by a word and a sign, and how it must be where it is not', () => {
    expect(reportHtml(WELL)).toContain('<span class="allowed">&#10003; allowed</span>');
    expect(reportHtml(WELL)).toContain('<span class="denied">&#8211; denied</span> <span class="verb">impersonate</span>');
    expect(reportHtml(ILL)).toContain('<span class="wrong bad">&#10007; allowed<small>must be denied</small></span>');
    expect(reportHtml(ILL)).toContain('<span class="wrong unsure">? unknown<small>must be allowed</small></span>');
  });
});
