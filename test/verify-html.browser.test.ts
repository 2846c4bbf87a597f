import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ATTACKED, BAD, GOOD } from './cli/verify/examples';
import { Browser, BROWSER_TIMEOUT, Looks } from './support/browser';
import { reportHtml } from '../src/cli/verify/report-html';

let browser: Browser;
let folder: string;
const PAGES = { good: GOOD, bad: BAD, attacked: ATTACKED };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-html-'));
  for (const [name, verification] of Object.entries(PAGES)) writeFileSync(join(folder, `${name}.html`), reportHtml(verification));
  browser = await Browser.start();
}, BROWSER_TIMEOUT);

afterAll(async () => {
  await browser?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const urlOf = (name: keyof typeof PAGES) => pathToFileURL(join(folder, `${name}.html`)).href;
const open = (name: keyof typeof PAGES, looks?: Looks) => browser.open(urlOf(name), looks);

/** The text of every cell of the tables. */
const TABLES = `[...document.querySelectorAll('table')].map((table) => [...table.rows].map((row) =>
  [...row.cells].map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim())))`;

/** Every text whose WCAG contrast with its background is below 4.5. */
const FAINT = `(() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(element.tagName + '.' + element.className + ' ' + contrast.toFixed(2));
  }
  return [...new Set(faint)];
})()`;

test.each(['good', 'bad', 'attacked'] as const)('the browser loads nothing but the page (%s)', async (name) => {
  await open(name);
  expect([browser.requests, browser.complaints]).toEqual([[urlOf(name)], []]);
  expect(await browser.evaluate('performance.getEntriesByType("resource").length')).toBe(0);
});

test('every cell shows the answer as a word', async () => {
  await open('good');
  expect(await browser.evaluate(TABLES)).toEqual([
    [
      ['resource', 'get', 'list', 'create', 'update', 'delete', 'other verbs'],
      ['Pods pods', '·', '✓ allowed', '✓ allowed', '·', '·', ''],
      ['ServiceAccounts serviceaccounts', '·', '·', '·', '·', '·', '– denied impersonate'],
    ],
    [
      ['resource', 'get', 'list', 'create', 'update', 'delete', 'other verbs'],
      ['Pods pods', '·', '– denied', '·', '·', '·', ''],
      ['Any other right', '– denied the server\'s list of all rights has no other'],
    ],
    [
      ['resource', 'get', 'list', 'create', 'update', 'delete', 'other verbs'],
      ['Nodes nodes', '·', '·', '·', '·', '– denied', ''],
    ],
  ]);
});

test('the page shows the verdict first, then the problems with the expected answers', async () => {
  await open('bad');
  expect(await browser.evaluate('document.title')).toBe('Access in example: access is not as expected');
  expect(await browser.evaluate('[...document.querySelectorAll("h1, .verdict, h2")].map((element) => element.innerText)')).toEqual([
    'Access to namespace example', '✗ Access is not as expected', 'Problems', 'Warnings', 'Rights in example', 'Rights in kube-system', 'Limits of this check',
  ]);
  expect(await browser.evaluate('document.querySelector(".verdict").getBoundingClientRect().bottom < 200')).toBe(true);
  expect(await browser.evaluate(TABLES)).toEqual([
    [expect.anything(), ['Pods pods', '·', '? unknown must be allowed', '·', '·', '·', '']],
    [expect.anything(), ['Secrets secrets', '·', '·', '✗ allowed must be denied', '·', '·', ''], ['Any other right', '✗ allowed must be denied secrets (create)']],
  ]);
});

test('assistive technology gets the headers and the regions', async () => {
  await open('good');
  expect(await browser.named('rowheader')).toEqual(['Pods pods', 'ServiceAccounts serviceaccounts', 'Pods pods', 'Any other right', 'Nodes nodes']);
  expect(new Set(await browser.named('columnheader'))).toEqual(new Set(['resource', 'get', 'list', 'create', 'update', 'delete', 'other verbs']));
  expect(await browser.named('region')).toEqual(expect.arrayContaining(['Rights in example', 'Rights in kube-system', 'Rights in the whole cluster']));
});

describe.each<Looks>([{ media: 'screen', scheme: 'light' }, { media: 'screen', scheme: 'dark' }, { media: 'print', scheme: 'dark' }])('on $media, $scheme', (looks) => {
  test.each(['good', 'bad'] as const)('every text has enough contrast with its background (%s)', async (name) => {
    await open(name, looks);
    expect(await browser.evaluate(FAINT)).toEqual([]);
  });

  test('the background has the color of the scheme', async () => {
    await open('bad', looks);
    const paper = looks.scheme === 'dark' && looks.media !== 'print' ? 'rgb(20, 24, 30)' : 'rgb(255, 255, 255)';
    expect(await browser.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(paper);
  });
});

test.each([1200, 390])('the page fits a screen of %s pixels, and a wider table scrolls', async (width) => {
  await open('bad', { width });
  const [scroll, client] = await browser.evaluate<[number, number]>('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
  expect(scroll).toBe(client);
});

test('text of an attacker stays text', async () => {
  await open('attacked');
  expect(await browser.evaluate('document.querySelectorAll("script, img, iframe, object").length')).toBe(0);
  expect(await browser.evaluate('document.querySelector("h1").innerText')).toBe('Access to namespace a\\u001b[31m<script>alert("1")</script>&\'\\u202e\\ud800');
});
