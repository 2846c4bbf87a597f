import { targetOf } from './access-request';
import { Check, Fact, Outcome, scopeName, Verification } from './verification';
import { xml } from '../io/xml';

/**
 * The report as JUnit XML, with a test case for each fact and check. A difference is a failure, an unknown answer is an error.
 * The names of the test cases never change, since GitLab compares them between pipelines.
 *
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
export function reportJunit(verification: Verification): string {
  const cases = [...verification.facts.map(factCase), ...verification.checks.map(checkCase)];
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  const totals = `tests="${cases.length}" failures="${count('differs')}" errors="${count('unknown')}" skipped="0"`;
  const at = new Date(verification.at).toISOString().slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${xml(`verify ${verification.namespace}`)}" ${totals} timestamp="${at}">`,
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly className: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly says: string;
  readonly message?: string;
}

function factCase({ title, found, expected, outcome }: Fact): Case {
  return { className: 'the credential', name: title, outcome, says: expected === undefined ? found : `${found}, must be ${expected}` };
}

function checkCase({ scope, title, request, answer, expected, outcome, message, rights }: Check): Case {
  const says = expected === undefined ? answer : `${answer}, must be ${expected}`;
  return { className: scopeName(scope), name: request ? `${request.verb} ${targetOf(request)}` : title, outcome, says, message: message ?? rights?.join('\n') };
}

function caseXml({ className, name, outcome, says, message }: Case): string {
  const open = `    <testcase classname="${xml(className)}" name="${xml(name)}"`;
  const element = outcome === 'differs' ? 'failure' : outcome === 'unknown' ? 'error' : undefined;
  if (!element) return `${open}/>`;
  return `${open}><${element} message="${xml(says)}">${xml(message || says)}</${element}></testcase>`;
}
