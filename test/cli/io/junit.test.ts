import { junitXml, xml } from '../../../src/cli/io/junit';

test('a report counts its cases and shows each one', () => {
  expect(junitXml({
    name: 'deploy <web>',
    seconds: 1.5,
    timestamp: Date.UTC(2026, 0, 2, 3, 4, 5),
    cases: [
      { className: 'apply', name: 'ConfigMap a' },
      { className: 'rollout', name: 'Deployment a', seconds: 0.25, failure: { message: 'not ready', text: 'line 1\nline 2' } },
      { className: 'check', name: 'b', error: { message: 'unknown', text: 'unknown' } },
      { className: 'prune', name: 'c', skipped: { message: 'unchanged' } },
      { className: 'prune', name: 'd', skipped: {} },
    ],
  })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="1" errors="1" skipped="2">
  <testsuite name="deploy &#60;web&#62;" tests="5" failures="1" errors="1" skipped="2" time="1.500" timestamp="2026-01-02T03:04:05">
    <testcase classname="apply" name="ConfigMap a"/>
    <testcase classname="rollout" name="Deployment a" time="0.250"><failure message="not ready">line 1&#10;line 2</failure></testcase>
    <testcase classname="check" name="b"><error message="unknown">unknown</error></testcase>
    <testcase classname="prune" name="c"><skipped message="unchanged"/></testcase>
    <testcase classname="prune" name="d"><skipped/></testcase>
  </testsuite>
</testsuites>
`);
});

test('a suite without a duration has no time attribute', () => {
  expect(junitXml({ name: 'verify', timestamp: 0, cases: [] }))
    .toContain('<testsuite name="verify" tests="0" failures="0" errors="0" skipped="0" timestamp="1970-01-01T00:00:00">');
});

test.each([
  ['a & b < c > d "e" \'f\'', 'a &#38; b &#60; c &#62; d &#34;e&#34; &#39;f&#39;'],
  ['tab\tand\nline', 'tab&#9;and&#10;line'],
  ['\u001b[31m\0\ud800', '\ufffd[31m\ufffd\ufffd'],
])('%j is escaped for XML', (text, expected) => {
  expect(xml(text)).toBe(expected);
});
