import { Difference, differences } from './difference';
import { checksOf, COLUMNS, Matrix, matrices, MatrixRow } from './matrix';
import { VERDICTS } from './report-text';
import { shortList } from './service-account-escalation';
import { Answer, Check, Fact, placeName, Verification, verdictOf } from './verification';
import { html, page } from '../io/html-page';

/**
 * The report as one page that people can look at: the verdict, what is wrong, and the rights in each place as a table.
 */
export function reportHtml(verification: Verification): string {
  const places = matrices(verification);
  const body = [
    `<h1>Access to namespace <code>${html(verification.namespace)}</code></h1>`,
    verdict(verification),
    summary(verification),
    `<ul class="places">${places.map(tile).join('')}</ul>`,
    section('What is wrong', differences(verification).map(differenceItem)),
    section('Warnings', verification.warnings.map(html)),
    ...places.map(matrixSection),
    section('How far this look goes', verification.notes.map(html)),
    footer(verification),
  ];
  return page(`Access in ${verification.namespace}: ${VERDICTS[verdictOf(verification)]}`, body.filter(Boolean).join('\n'));
}

const VERDICT_SIGNS = { 'as expected': ['good', '&#10003;'], 'differs': ['bad', '&#10007;'], 'unknown': ['unsure', '?'] } as const;

const ANSWER_SIGNS: { readonly [answer in Answer]: string } = { allowed: '&#10003;', denied: '&#8211;', unknown: '?' };

function verdict(verification: Verification): string {
  const found = verdictOf(verification);
  const [style, sign] = VERDICT_SIGNS[found];
  return `<p class="verdict ${style}">${sign} ${VERDICTS[found].replace(/^./, (letter) => letter.toUpperCase())}</p>`;
}

function summary({ server, expected, at, facts }: Verification): string {
  const rows = [
    ['Server', html(server)],
    ...facts.map((fact) => [html(fact.title), factText(fact)]),
    ['Expected inside', html(expected ?? 'that the usual kinds can be listed')],
    ['Expected elsewhere', 'nothing'],
    ['Looked at', `<time>${html(new Date(at).toISOString())}</time>`],
  ];
  return `<dl>${rows.map(([title, text]) => `<dt>${title}</dt><dd>${text}</dd>`).join('')}</dl>`;
}

function factText({ found, expected, outcome }: Fact): string {
  return outcome === 'differs' || outcome === 'unknown' ? `<strong class="bad">&#10007; ${html(found)}, must be ${html(expected ?? '')}</strong>` : html(found);
}

function tile(matrix: Matrix): string {
  const checks = checksOf(matrix);
  const count = (sought: Answer) => checks.filter(({ answer: its }) => its === sought).length;
  const wrong = checks.filter(isWrong).length;
  const well = checks.some(({ outcome }) => outcome === 'not judged') ? 'as it must be, as far as judged' : 'as it must be';
  return [
    `<li><strong><a href="#${idOf(matrix)}">${html(placeName(matrix.place))}</a></strong>`,
    `${count('allowed')} allowed, ${count('denied')} denied${count('unknown') > 0 ? `, ${count('unknown')} unknown` : ''}<br>`,
    wrong > 0 ? `<strong class="bad">&#10007; ${wrong} wrong</strong></li>` : `<span class="good">&#10003; ${well}</span></li>`,
  ].join('\n');
}

function section(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<h2>${title}</h2>\n<ul class="list">${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;
}

/** All of them are in the table of the place. */
const MOST = 10;

function differenceItem({ where, what, rights, message }: Difference): string {
  const words = message ? `<p><code>${html(message)}</code></p>` : '';
  return `<strong>${html(where)}</strong>, ${html(what)}: ${html(shortList(rights, MOST))}${words}`;
}

function matrixSection(matrix: Matrix): string {
  const id = idOf(matrix);
  const heads = ['what', ...COLUMNS, 'other verbs'].map((text) => `<th scope="col">${text}</th>`).join('');
  return [
    `<section aria-labelledby="${id}">`,
    `<h2 id="${id}">Rights ${html(placeName(matrix.place))}</h2>`,
    `<div class="wide" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${heads}</tr></thead>`,
    `<tbody>${matrix.rows.map(tableRow).join('\n')}${otherRow(matrix)}</tbody></table></div>`,
    ownWords(matrix),
    '</section>',
  ].join('\n');
}

function tableRow({ title, target, cells, more }: MatrixRow): string {
  const columns = COLUMNS.map((verb) => cell(cells.get(verb)));
  const others = more.map((check) => `<div>${answer(check)} <span class="verb">${html(check.request?.verb ?? '')}</span></div>`).join('');
  return `<tr><th scope="row">${html(title)}<code>${html(target)}</code></th>${columns.join('')}<td>${others}</td></tr>`;
}

function otherRow({ other }: Matrix): string {
  if (!other) return '';
  const words = other.rights?.length === 0 ? 'by the server\'s own list of all rights, there is none' : html(other.message ?? other.rights?.join(', ') ?? '');
  return `\n<tr><th scope="row">${html(other.title)}</th><td class="text" colspan="${COLUMNS.length + 1}">${answer(other)} <div>${words}</div></td></tr>`;
}

function cell(check: Check | undefined): string {
  return check ? `<td class="${isWrong(check) ? 'problem' : `is-${check.answer}`}">${answer(check)}</td>` : '<td class="none"><span aria-label="not asked">&#183;</span></td>';
}

function answer(check: Check): string {
  const text = `${check.outcome === 'differs' ? VERDICT_SIGNS.differs[1] : ANSWER_SIGNS[check.answer]} ${check.answer}`;
  if (!isWrong(check)) return `<span class="${check.answer}">${text}</span>`;
  const must = check.expected ? `<small>must be ${check.expected}</small>` : '';
  return `<span class="wrong ${check.outcome === 'differs' ? 'bad' : 'unsure'}">${text}${must}</span>`;
}

/** The proof: what the server said when it was really asked for the objects. */
function ownWords({ rows }: Matrix): string {
  const words = rows.flatMap(({ cells }) => [...cells.values()]).flatMap(({ means, message }) => (means === 'list' && message ? [message] : []));
  if (words.length === 0) return '';
  return `<details><summary>The server's own words (${words.length})</summary><ul class="list">${words.map((text) => `<li><code>${html(text)}</code></li>`).join('\n')}</ul></details>`;
}

function footer({ checks, counts }: Verification): string {
  return `<footer>&#10003; allowed, &#8211; denied, ? unknown, &#183; not asked; what is framed, with &#10007; or ?, is not as it must be.
${checks.length} checks by ${counts.requests} requests over ${counts.connections} connections; nothing was changed on the server.</footer>`;
}

function idOf({ place }: Matrix): string {
  return `place-${(place.namespace ?? '-cluster').replace(/[^\w-]/g, '')}`;
}

function isWrong({ outcome }: Check): boolean {
  return outcome === 'differs' || outcome === 'unknown';
}
