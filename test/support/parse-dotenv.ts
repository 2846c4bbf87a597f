import { userError, show } from '../../src/base/user-error';
import { variableKey } from '../../src/gitlab/masking';
import { MOST_VARIABLES } from '../../src/pipeline/checks/dotenv-reports';

/** The size limit of a report in bytes, by default. */
const LARGEST = 5120;

/**
 * Parses a dotenv report as GitLab does. Each line is `KEY=value`. Quotes and variables in values are not interpreted. The last line of a key wins.
 * GitLab refuses the whole report when it contains an empty line or a comment.
 *
 * @throws When GitLab would refuse the report.
 * @see app/services/ci/parse_dotenv_artifact_service.rb in github.com/gitlabhq/gitlabhq
 */
export function parseDotenv(text: string): Map<string, string> {
  if (Buffer.byteLength(text) >= LARGEST) throw invalid(`it has ${Buffer.byteLength(text)} bytes`, `fewer than ${LARGEST}`);
  const lines = text.replace(/^\ufeff/, '').match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const variables = new Map(lines.map(parseLine));
  if (variables.size > MOST_VARIABLES) throw invalid(`it has ${variables.size} variables`, `at most ${MOST_VARIABLES}`);
  return variables;
}

function parseLine(line: string, index: number): [string, string] {
  const at = `line ${index + 1}`;
  const split = line.indexOf('=');
  if (split < 0) throw invalid('it has no "="', 'KEY=value in every line, without empty lines and comments', at);
  const key = strip(line.slice(0, split));
  const expected = variableKey(key);
  if (expected) throw invalid(`its key is ${show(key)}`, expected, at);
  return [key, strip(line.slice(split + 1))];
}

function strip(text: string): string {
  return text.replace(/^[\0\t-\r ]+|[\0\t-\r ]+$/g, '');
}

function invalid(given: string, expected: string, at?: string): Error {
  return userError({ at, given, expected, fix: 'change the report: GitLab would refuse all of it' });
}
