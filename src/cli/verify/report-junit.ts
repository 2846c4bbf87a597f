import { target } from './access-request';
import { Check, Fact, Outcome, placeName, Verification } from './verification';
import { xml } from '../io/xml';

/**
 * The report as JUnit XML, one test case for each fact and check. The names stay the same from run to run, since GitLab compares them;
 * what differs is a failure, what is unknown an error.
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

function checkCase({ place, title, request, answer, expected, outcome, message, rights }: Check): Case {
  const says = expected === undefined ? answer : `${answer}, must be ${expected}`;
  return { className: placeName(place), name: request ? `${request.verb} ${target(request)}` : title, outcome, says, message: message ?? rights?.join('\n') };
}

function caseXml({ className, name, outcome, says, message }: Case): string {
  const open = `    <testcase classname="${xml(className)}" name="${xml(name)}"`;
  const element = outcome === 'differs' ? 'failure' : outcome === 'unknown' ? 'error' : undefined;
  if (!element) return `${open}/>`;
  return `${open}><${element} message="${xml(says)}">${xml(message || says)}</${element}></testcase>`;
}
