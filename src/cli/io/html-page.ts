import { printable } from '../../base/printable';
import { secrets } from '../../base/secrets';

/**
 * A self-contained HTML page. Its content security policy forbids scripts and everything from the network.
 *
 * @param body HTML: escape every text in it with `html`.
 * @param style CSS rules beside those of every page.
 */
export function page(title: string, body: string, style = ''): string {
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${html(title)}</title>`,
    `<style>${STYLE}${style}</style>`,
    '</head>',
    `<body>\n${body}\n</body>`,
    '</html>',
    '',
  ].join('\n');
}

/**
 * Masks the secrets in a text, and escapes it for the content of an element or for an attribute.
 */
export function html(text: string): string {
  return printable(secrets.mask(text)).replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);
}

/** Every colour repeats a word or sign of the text, for printing and for readers who do not see the colour. */
const STYLE = `
:root { --ink: #1c2430; --dim: #5b6675; --line: #d5dbe3; --paper: #ffffff; --panel: #f4f6f9; --yes: #0b5cad; --yes-paper: #eaf3fc; --good: #13653f; --bad: #a3161c; --bad-paper: #fdeaea;
  --unsure: #7a4b00; --unsure-paper: #fff4dc; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --dim: #9aa6b5; --line: #38414e; --paper: #14181e; --panel: #1d232c; --yes: #7fb8f5; --yes-paper: #16273a; --good: #74d3a2; --bad: #ff9a94; --bad-paper: #3d1a1c;
    --unsure: #f3c46b; --unsure-paper: #382a0d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
code { font: .875em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.verdict { border: 2px solid; border-radius: .5rem; padding: .75rem 1rem; font-size: 1.25rem; font-weight: 650; }
.good { color: var(--good); }
.bad { color: var(--bad); background: var(--bad-paper); }
.unsure { color: var(--unsure); background: var(--unsure-paper); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1.25rem 0; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
.places { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.places li { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem; background: var(--panel); }
.places strong { display: block; }
.places a { color: inherit; }
.places .bad { background: none; }
.list { margin: 0; padding-left: 1.2rem; }
.list li { margin: .35rem 0; }
.list p { margin: .1rem 0; color: var(--dim); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .3rem .5rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; background: var(--panel); font-weight: 600; }
tbody th { font-weight: 500; }
tbody th code { display: block; color: var(--dim); font-weight: 400; font-size: .8125rem; line-height: 1.2; white-space: nowrap; }
td { white-space: nowrap; }
td.text { white-space: normal; }
td.text .wrong { margin: 0 0 .25rem; }
td.is-allowed { background: var(--yes-paper); }
.allowed { color: var(--yes); font-weight: 600; }
.denied, .none { color: var(--dim); }
td span.wrong { display: inline-block; border: 2px solid; border-radius: .3rem; padding: 0 .25rem; margin: 0 -.35rem; font-weight: 700; }
td small { display: block; color: inherit; font-weight: 500; }
.verb { color: var(--ink); font-weight: 400; }
details { margin-top: .6rem; }
summary { cursor: pointer; color: var(--dim); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; color: var(--dim); font-size: .875rem; }
@media print {
  :root { --ink: #000; --dim: #444; --line: #999; --paper: #fff; --panel: #fff; --yes: #000; --yes-paper: #fff; --good: #000; --bad: #000; --bad-paper: #fff; --unsure: #000; --unsure-paper: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .wide { overflow: visible; }
  tr, .places li, .verdict { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;
