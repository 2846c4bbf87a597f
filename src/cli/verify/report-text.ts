import { shortList } from './access-request';
import { checksOf, checksOfRow, isProblem, matricesOf, Matrix, MatrixRow, VERB_COLUMNS } from './matrix';
import { Check, Difference, differences, Fact, scopeName, Verification, verdictOf } from './verification';
import { printable } from '../../base/printable';
import { tableLines } from '../io/table';

/** The verdicts, for people. */
export const VERDICTS = {
  'as expected': 'access is as expected',
  'differs': 'access is not as expected',
  'unknown': 'it is unknown whether access is as expected',
} as const;

/**
 * The report for people, at most 100 columns wide except for the server's messages. The verdict is the last line.
 */
export function reportText(verification: Verification): string {
  const { server, expected, facts, warnings, notes, checks, counts } = verification;
  return [
    ...tableLines([['Server', server], ...facts.map((fact) => [fact.title, factText(fact)]), ...expected === undefined ? [] : [['Expected', expected]]]),
    '',
    ...matricesOf(verification).flatMap((matrix) => [...matrixText(matrix), '']),
    ...differences(verification).flatMap(differenceText),
    ...warnings.map((line) => `warning: ${line}`),
    ...notes.map((line) => `note: ${line}`),
    `${VERDICTS[verdictOf(verification)]} (${checks.length} checks by ${counts.requests} requests over ${counts.connections} connections)`,
  ].map((line) => `${printable(line).trimEnd()}\n`).join('');
}

function factText({ found, expected, outcome }: Fact): string {
  return isProblem({ outcome }) ? `${found} (must be ${expected})` : found;
}

/** The table of the credential's namespace shows every right. Other scopes show a count, one message of the server, and the problems. */
function matrixText(matrix: Matrix): string[] {
  if (matrix.scope.kind === 'namespace') return [heading(scopeName(matrix.scope)), ...matrix.rows.flatMap(rowText)];
  const checks = checksOf(matrix);
  const evidence = checks.find(({ method, answer, message }) => method === 'list' && answer === 'denied' && message !== undefined);
  const problems = matrix.rows.filter((row) => checksOfRow(row).some(isProblem));
  return [
    `${scopeName(matrix.scope)}: ${checks.filter(({ answer }) => answer === 'denied').length} of ${checks.length} denied`,
    ...evidence ? [`  ${evidence.message}`] : [],
    ...problems.length > 0 ? [heading(''), ...problems.flatMap(rowText)] : [],
  ];
}

const TITLE_WIDTH = 38;
const CELL_WIDTH = 9;

function heading(title: string): string {
  return [title.padEnd(TITLE_WIDTH), ...VERB_COLUMNS.map((verb) => verb.padEnd(CELL_WIDTH))].join('');
}

function rowText({ title, cells, others }: MatrixRow): string[] {
  return [
    [`  ${title}`.padEnd(TITLE_WIDTH), ...VERB_COLUMNS.map((verb) => answerText(cells.get(verb)).padEnd(CELL_WIDTH))].join(''),
    ...others.map((check) => `    ${check.request?.verb}`.padEnd(TITLE_WIDTH) + answerText(check)),
  ];
}

function answerText(check: Check | undefined): string {
  if (!check) return '-';
  if (check.outcome === 'differs') return `${check.answer.toUpperCase()}!`;
  return check.answer === 'unknown' ? 'unknown?' : check.answer;
}

/** The other reports list all rights. */
const MAX_RIGHTS = 10;

function differenceText({ where, what, rights, message }: Difference): string[] {
  return [`problem: ${where}: ${what}: ${shortList(rights, MAX_RIGHTS)}`, ...message ? [`  ${message}`] : []];
}
