import { targetOf } from './access-request';
import { Check, Fact, Outcome, scopeName, Verification } from './verification';
import { junitXml, TestCase } from '../io/junit';

/**
 * The report as JUnit XML, with a test case for each fact and check. A difference is a failure, an unknown answer is an error.
 * The names of the test cases never change, since GitLab compares them between pipelines.
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

function checkCase({ scope, title, request, answer, expected, outcome, message, rights }: Check): Case {
  const says = expected === undefined ? answer : `${answer}, must be ${expected}`;
  return { className: scopeName(scope), name: request ? `${request.verb} ${targetOf(request)}` : title, outcome, says, message: message ?? rights?.join('\n') };
}

function testCase({ className, name, outcome, says, message }: Case): TestCase {
  const problem = { message: says, text: message || says };
  return { className, name, ...outcome === 'differs' ? { failure: problem } : outcome === 'unknown' ? { error: problem } : {} };
}
