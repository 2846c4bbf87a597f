import { shortList } from './access-request';
import { checksOf, isProblem, matricesOf, Matrix, MatrixRow, VERB_COLUMNS } from './matrix';
import { VERDICTS } from './report-text';
import { Answer, Check, Difference, differences, Fact, scopeName, Verification, verdictOf } from './verification';
import { html, page } from '../io/html-page';

/**
 * The report as one HTML page: the verdict, the problems, and a table of the rights in each scope.
 */
export function reportHtml(verification: Verification): string {
  const matrices = matricesOf(verification);
  const body = [
    `<h1>Access to namespace <code>${html(verification.namespace)}</code></h1>`,
    verdict(verification),
    summary(verification),
    `<ul class="places">${matrices.map(tile).join('')}</ul>`,
    section('Problems', differences(verification).map(differenceItem)),
    section('Warnings', verification.warnings.map(html)),
    ...matrices.map(matrixSection),
    section('Limits of this check', verification.notes.map(html)),
    footer(verification),
  ];
  return page(`Access in ${verification.namespace}: ${VERDICTS[verdictOf(verification)]}`, body.filter(Boolean).join('\n'));
}

const VERDICT_SIGNS = { 'as expected': ['good', '&#10003;'], 'differs': ['bad', '&#10007;'], 'unknown': ['unsure', '?'] } as const;

const ANSWER_SIGNS: { readonly [answer in Answer]: string } = { allowed: '&#10003;', denied: '&#8211;', unknown: '?' };

function verdict(verification: Verification): string {
  const outcome = verdictOf(verification);
  const [style, sign] = VERDICT_SIGNS[outcome];
  return `<p class="verdict ${style}">${sign} ${VERDICTS[outcome].replace(/^./, (letter) => letter.toUpperCase())}</p>`;
}

function summary({ server, expected, at, facts }: Verification): string {
  const rows = [
    ['Server', html(server)],
    ...facts.map((fact) => [html(fact.title), factText(fact)]),
    ['Expected inside', html(expected ?? 'lists of the kinds of kubectl get all succeed')],
    ['Expected elsewhere', 'nothing'],
    ['Checked at', `<time>${html(new Date(at).toISOString())}</time>`],
  ];
  return `<dl>${rows.map(([title, text]) => `<dt>${title}</dt><dd>${text}</dd>`).join('')}</dl>`;
}

function factText({ found, expected, outcome }: Fact): string {
  return isProblem({ outcome }) ? `<strong class="bad">&#10007; ${html(found)}, must be ${html(expected ?? '')}</strong>` : html(found);
}

function tile(matrix: Matrix): string {
  const checks = checksOf(matrix);
  const count = (sought: Answer) => checks.filter(({ answer: found }) => found === sought).length;
  const problems = checks.filter(isProblem).length;
  const good = checks.some(({ outcome }) => outcome === 'not judged') ? 'as expected, as far as judged' : 'as expected';
  return [
    `<li><strong><a href="#${idOf(matrix)}">${html(scopeName(matrix.scope))}</a></strong>`,
    `${count('allowed')} allowed, ${count('denied')} denied${count('unknown') > 0 ? `, ${count('unknown')} unknown` : ''}<br>`,
    problems > 0
      ? `<strong class="bad">&#10007; ${problems} ${problems === 1 ? 'problem' : 'problems'}</strong></li>`
      : `<span class="good">&#10003; ${good}</span></li>`,
  ].join('\n');
}

function section(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<h2>${title}</h2>\n<ul class="list">${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;
}

/** The table of the scope lists all rights. */
const MAX_RIGHTS = 10;

function differenceItem({ where, what, rights, message }: Difference): string {
  const quote = message ? `<p><code>${html(message)}</code></p>` : '';
  return `<strong>${html(where)}</strong>, ${html(what)}: ${html(shortList(rights, MAX_RIGHTS))}${quote}`;
}

function matrixSection(matrix: Matrix): string {
  const id = idOf(matrix);
  const heads = ['resource', ...VERB_COLUMNS, 'other verbs'].map((text) => `<th scope="col">${text}</th>`).join('');
  return [
    `<section aria-labelledby="${id}">`,
    `<h2 id="${id}">Rights ${html(scopeName(matrix.scope))}</h2>`,
    `<div class="wide" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${heads}</tr></thead>`,
    `<tbody>${matrix.rows.map(tableRow).join('\n')}${unexpectedRow(matrix)}</tbody></table></div>`,
    serverMessages(matrix),
    '</section>',
  ].join('\n');
}

function tableRow({ title, target, cells, others }: MatrixRow): string {
  const columns = VERB_COLUMNS.map((verb) => cell(cells.get(verb)));
  const other = others.map((check) => `<div>${answer(check)} <span class="verb">${html(check.request?.verb ?? '')}</span></div>`).join('');
  return `<tr><th scope="row">${html(title)}<code>${html(target)}</code></th>${columns.join('')}<td>${other}</td></tr>`;
}

function unexpectedRow({ unexpected: check }: Matrix): string {
  if (!check) return '';
  const text = check.rights?.length === 0 ? 'the server\'s list of all rights has no other' : html(check.message ?? check.rights?.join(', ') ?? '');
  return `\n<tr><th scope="row">${html(check.title)}</th><td class="text" colspan="${VERB_COLUMNS.length + 1}">${answer(check)} <div>${text}</div></td></tr>`;
}

function cell(check: Check | undefined): string {
  return check
    ? `<td class="${isProblem(check) ? 'problem' : `is-${check.answer}`}">${answer(check)}</td>`
    : '<td class="none"><span aria-label="not checked">&#183;</span></td>';
}

function answer(check: Check): string {
  const text = `${check.outcome === 'differs' ? VERDICT_SIGNS.differs[1] : ANSWER_SIGNS[check.answer]} ${check.answer}`;
  if (!isProblem(check)) return `<span class="${check.answer}">${text}</span>`;
  const must = check.expected ? `<small>must be ${check.expected}</small>` : '';
  return `<span class="wrong ${check.outcome === 'differs' ? 'bad' : 'unsure'}">${text}${must}</span>`;
}

/** The server's answers to the lists, as evidence. */
function serverMessages({ rows }: Matrix): string {
  const messages = rows.flatMap(({ cells }) => [...cells.values()]).flatMap(({ method, message }) => (method === 'list' && message ? [message] : []));
  if (messages.length === 0) return '';
  const items = messages.map((text) => `<li><code>${html(text)}</code></li>`).join('\n');
  return `<details><summary>Messages of the server (${messages.length})</summary><ul class="list">${items}</ul></details>`;
}

function footer({ checks, counts }: Verification): string {
  return `<footer>&#10003; allowed, &#8211; denied, ? unknown, &#183; not checked; a frame with &#10007; or ? marks a problem.
${checks.length} checks by ${counts.requests} requests over ${counts.connections} connections; nothing was changed on the server.</footer>`;
}

function idOf({ scope }: Matrix): string {
  return `place-${(scope.namespace ?? '-cluster').replace(/[^\w-]/g, '')}`;
}
