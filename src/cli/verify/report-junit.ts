import { target } from './access-request';
import { Check, Fact, Outcome, placeName, Verification } from './verification';
import { junitXml, TestCase } from '../io/junit';

/**
 * The report as JUnit XML, one test case for each fact and check. The names stay the same from run to run, since GitLab compares them;
 * what differs is a failure, what is unknown an error.
 *
 * @see https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
export function reportJunit(verification: Verification): string {
  const cases = [...verification.facts.map(factCase), ...verification.checks.map(checkCase)].map(testCase);
  return junitXml({ name: `verify ${verification.namespace}`, timestamp: verification.at, cases });
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

function testCase({ className, name, outcome, says, message }: Case): TestCase {
  const problem = { message: says, text: message || says };
  return { className, name, ...outcome === 'differs' ? { failure: problem } : outcome === 'unknown' ? { error: problem } : {} };
}
