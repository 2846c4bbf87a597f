import { variableKey } from './masking';
import { userError, show } from '../base/user-error';

/** What GitLab takes by default; GitLab.com takes 50 variables and more. */
const LARGEST = 5120;
export const MOST_VARIABLES = 20;

/**
 * The variables of a dotenv report as GitLab reads it: every line is `KEY=value`, nothing is unquoted or expanded, the last of a key wins.
 * Empty lines and comments make GitLab refuse the whole report.
 *
 * The rules are those of GitLab's `app/services/ci/parse_dotenv_artifact_service.rb`.
 */
export function parseDotenv(text: string): Map<string, string> {
  if (Buffer.byteLength(text) >= LARGEST) throw refuse(`it has ${Buffer.byteLength(text)} bytes`, `fewer than ${LARGEST}`);
  const lines = text.replace(/^\ufeff/, '').match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const variables = new Map(lines.map(parseLine));
  if (variables.size > MOST_VARIABLES) throw refuse(`it has ${variables.size} variables`, `at most ${MOST_VARIABLES}`);
  return variables;
}

function parseLine(line: string, index: number): [string, string] {
  const at = `line ${index + 1}`;
  const split = line.indexOf('=');
  if (split < 0) throw refuse('it has no "="', 'KEY=value in every line, without empty lines and comments', at);
  const key = strip(line.slice(0, split));
  const expected = variableKey(key);
  if (expected) throw refuse(`its key is ${show(key)}`, expected, at);
  return [key, strip(line.slice(split + 1))];
}

function strip(text: string): string {
  return text.replace(/^[\0\t-\r ]+|[\0\t-\r ]+$/g, '');
}

function refuse(given: string, expected: string, at?: string): Error {
  return userError({ at, given, expected, fix: 'write the report without it, or GitLab refuses it' });
}
