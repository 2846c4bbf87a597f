import { secrets } from '../../base/secrets';

/**
 * A test case of a JUnit report. It passes unless `failure`, `error` or `skipped` is set.
 */
export interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly seconds?: number;
  readonly failure?: TestProblem;
  readonly error?: TestProblem;
  readonly skipped?: Pick<Partial<TestProblem>, 'message'>;
}

/**
 * The cause of a failed test case.
 */
export interface TestProblem {
  /** One line. */
  readonly message: string;
  /** The details. */
  readonly text: string;
}

/**
 * A suite of test cases, and when it ran.
 */
export interface TestSuite {
  readonly name: string;
  readonly seconds?: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly cases: readonly TestCase[];
}

/**
 * A JUnit XML report with one suite. GitLab compares reports by class name and name, so both must stay the same from run to run.
 *
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
export function junitXml({ name, seconds, timestamp, cases }: TestSuite): string {
  const count = (result: 'failure' | 'error' | 'skipped') => cases.filter((testCase) => testCase[result]).length;
  const totals = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const at = new Date(timestamp).toISOString().slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${xml(name)}" ${totals}${timeAttribute(seconds)} timestamp="${at}">`,
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/**
 * Masks the secrets in a text, and escapes it for an attribute or the content of an element. XML 1.0 has no form for most control characters and for
 * unpaired surrogates: they become U+FFFD, as do characters that change the direction of text.
 */
export function xml(text: string): string {
  return secrets.mask(text).replace(/[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd').replace(/[&<>"'\t\n\r]/g, (unit) => `&#${unit.charCodeAt(0)};`);
}

function caseXml({ className, name, seconds, failure, error, skipped }: TestCase): string {
  const open = `    <testcase classname="${xml(className)}" name="${xml(name)}"${timeAttribute(seconds)}`;
  if (failure) return `${open}>${problemXml('failure', failure)}</testcase>`;
  if (error) return `${open}>${problemXml('error', error)}</testcase>`;
  return skipped ? `${open}><skipped${skipped.message ? ` message="${xml(skipped.message)}"` : ''}/></testcase>` : `${open}/>`;
}

function problemXml(element: 'failure' | 'error', { message, text }: TestProblem): string {
  return `<${element} message="${xml(message)}">${xml(text)}</${element}>`;
}

function timeAttribute(seconds: number | undefined): string {
  return seconds === undefined ? '' : ` time="${seconds.toFixed(3)}"`;
}
