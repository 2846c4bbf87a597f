import { Difference, differences } from './difference';
import { checksOf, checksOfRow, COLUMNS, Matrix, matrices, MatrixRow } from './matrix';
import { shortList } from './service-account-escalation';
import { Check, Fact, placeName, Verification, verdictOf } from './verification';
import { printable } from '../../base/printable';
import { tableLines } from '../io/table';

/** The verdict in words. */
export const VERDICTS = {
  'as expected': 'access is as it must be',
  'differs': 'access is not as it must be',
  'unknown': 'it is not known whether access is as it must be',
} as const;

/**
 * The report for people, at most 100 columns wide apart from the server's own words. The verdict comes last, where the eye is.
 */
export function reportText(verification: Verification): string {
  const { server, expected, facts, warnings, notes, checks, counts } = verification;
  return [
    ...tableLines([['Server', server], ...facts.map((fact) => [fact.title, factText(fact)]), ...expected === undefined ? [] : [['Expected', expected]]]),
    '',
    ...matrices(verification).flatMap((matrix) => [...matrixText(matrix), '']),
    ...differences(verification).flatMap(differenceText),
    ...warnings.map((line) => `warning: ${line}`),
    ...notes.map((line) => `note: ${line}`),
    `${VERDICTS[verdictOf(verification)]} (${checks.length} checks by ${counts.requests} requests over ${counts.connections} connections)`,
  ].map((line) => `${printable(line).trimEnd()}\n`).join('');
}

function factText({ found, expected, outcome }: Fact): string {
  return outcome === 'differs' || outcome === 'unknown' ? `${found} (must be ${expected})` : found;
}

/** Inside, every right is of interest; elsewhere, only that there is none, and the server's own no as the proof. */
function matrixText(matrix: Matrix): string[] {
  if (matrix.place.kind === 'namespace') return [heading(placeName(matrix.place)), ...matrix.rows.flatMap(rowText)];
  const checks = checksOf(matrix);
  const proof = checks.find(({ means, answer, message }) => means === 'list' && answer === 'denied' && message !== undefined);
  const wrong = matrix.rows.filter((row) => checksOfRow(row).some(isWrong));
  return [
    `${placeName(matrix.place)}: ${checks.filter(({ answer }) => answer === 'denied').length} of ${checks.length} denied`,
    ...proof ? [`  ${proof.message}`] : [],
    ...wrong.length > 0 ? [heading(''), ...wrong.flatMap(rowText)] : [],
  ];
}

const TITLE = 38;
const CELL = 9;

function heading(title: string): string {
  return [title.padEnd(TITLE), ...COLUMNS.map((verb) => verb.padEnd(CELL))].join('');
}

function rowText({ title, cells, more }: MatrixRow): string[] {
  return [
    [`  ${title}`.padEnd(TITLE), ...COLUMNS.map((verb) => word(cells.get(verb)).padEnd(CELL))].join(''),
    ...more.map((check) => `    ${check.request?.verb}`.padEnd(TITLE) + word(check)),
  ];
}

function word(check: Check | undefined): string {
  if (!check) return '-';
  if (check.outcome === 'differs') return `${check.answer.toUpperCase()}!`;
  return check.answer === 'unknown' ? 'unknown?' : check.answer;
}

function isWrong({ outcome }: Check): boolean {
  return outcome === 'differs' || outcome === 'unknown';
}

/** More rights than a screen holds are in the other reports. */
const MOST = 10;

function differenceText({ where, what, rights, message }: Difference): string[] {
  return [`wrong: ${where}: ${what}: ${shortList(rights, MOST)}`, ...message ? [`  ${message}`] : []];
}
