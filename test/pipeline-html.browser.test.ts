import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AGENT, jobModel, pipelineModel, PRODUCTION, REVIEW, STAGING } from './cli/pipeline/models';
import { Browser, BROWSER_TIMEOUT, Looks } from './support/browser';
import { drawn } from '../src/cli/pipeline/graph/draw';

const MANY = ['dev', 'test', 'qa', 'staging', 'pre', 'production'].map((environment, index) => (
  { ...STAGING, environment, namespace: `example-${environment}`, protected: index > 3 }));
const WIDE = pipelineModel([REVIEW, ...MANY], AGENT);
const PIPELINES = {
  one: pipelineModel([PRODUCTION]),
  two: pipelineModel(),
  many: {
    ...WIDE,
    jobs: [
      ...WIDE.jobs,
      jobModel('stop-review', 'deploy', { needs: [], environment: REVIEW.environment, action: 'stops', manual: true, holds: [AGENT] }),
      jobModel('MEASURE_WHAT_IS_WRITTEN_IN_CAPITALS_AS_WELL', 'verify', { needs: [{ job: 'container', artifacts: true }], takes: ['IMAGE'], environment: 'WWW/MMM' }),
      jobModel('\u6771\u4eac\u306b\u51fa\u3059', 'verify'),
    ],
  },
  attacked: { ...pipelineModel([{ ...PRODUCTION, namespace: '</text><script>document.title = "attacked"</script>' }]), app: '</title><script>document.title = "attacked"</script>' },
};

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-html-'));
  for (const [name, model] of Object.entries(PIPELINES)) {
    writeFileSync(join(folder, `${name}.html`), drawn(model, { form: 'html' }));
    writeFileSync(join(folder, `${name}.svg`), drawn(model, { form: 'svg' }));
  }
  browser = await Browser.start();
}, BROWSER_TIMEOUT);

afterAll(async () => {
  await browser?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const urlOf = (file: string) => pathToFileURL(join(folder, file)).href;

const FORMS = Object.keys(PIPELINES).flatMap((name) => [`${name}.html`, `${name}.svg`]);

test.each(FORMS)('%s loads nothing, runs nothing, and nothing is complained of', async (file) => {
  await browser.open(urlOf(file));
  expect([browser.requests, browser.complaints]).toEqual([[urlOf(file)], []]);
  expect(await browser.evaluate('document.querySelectorAll("script").length + document.querySelectorAll("parsererror").length')).toBe(0);
});

/** Texts that reach out of the box that they are in, by the letters that the browser has. */
const TOO_LONG = `[...document.querySelectorAll('svg g > rect')].flatMap((rect) => [...rect.parentElement.querySelectorAll('text')]
  .filter((text) => text.getBBox().x + text.getBBox().width > rect.getBBox().x + rect.getBBox().width).map((text) => text.textContent))`;

test.each(FORMS)('every text of %s fits into its box', async (file) => {
  await browser.open(urlOf(file));
  expect(await browser.evaluate(TOO_LONG)).toEqual([]);
});

/** WCAG's contrast of every text of the picture with what is behind it, where it is below 4.5. */
const FAINT = `(() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parse(colour).slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const rects = [...document.querySelectorAll('svg rect')].map((rect) => [rect.getBBox(), getComputedStyle(rect).fill]);
  return [...document.querySelectorAll('svg text')].flatMap((text) => {
    const { x, y } = text.getBBox();
    const behind = rects.filter(([box]) => box.x <= x && box.y <= y && box.x + box.width >= x && box.y + box.height >= y).at(-1)[1];
    const [a, b] = [light(getComputedStyle(text).fill), light(behind)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return contrast < 4.5 ? [text.textContent + ' ' + contrast.toFixed(2)] : [];
  });
})()`;

describe.each<Looks>([{ scheme: 'light' }, { scheme: 'dark' }, { media: 'print', scheme: 'dark' }])('in %j', (looks) => {
  test.each(['many.html', 'many.svg'])('every text of %s stands out from what is behind it', async (file) => {
    await browser.open(urlOf(file), looks);
    expect(await browser.evaluate('document.querySelectorAll("svg text").length')).toBeGreaterThan(20);
    expect(await browser.evaluate(FAINT)).toEqual([]);
  });
});

test.each([1400, 1000, 390])('the page is not wider than a screen of %s pixels: a picture that is, scrolls by itself', async (width) => {
  await browser.open(urlOf('many.html'), { width });
  const [scroll, client] = await browser.evaluate<[number, number]>('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
  expect(scroll).toBe(client);
  expect(await browser.evaluate('document.querySelector(".picture").getBoundingClientRect().left')).toBeGreaterThanOrEqual(0);
});

test('a pipeline with two targets is seen as a whole on a usual screen', async () => {
  await browser.open(urlOf('two.html'), { width: 1400 });
  expect(await browser.evaluate('(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector(".picture"))')).toBe(0);
});

test('the tables say what the picture shows', async () => {
  await browser.open(urlOf('two.html'));
  expect(await browser.evaluate(`[...document.querySelectorAll('table')].map((table) => [...table.rows].map((row) =>
    [...row.cells].map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim())))`)).toEqual([
    [
      ['job', 'stage', 'needs', 'what it is', 'credential'],
      ['build', 'build', '', '', ''],
      ['container', 'image', 'build: artifact', '', ''],
      ['synth', 'synth', 'container: dotenv IMAGE', '', ''],
      ['deploy-staging', 'deploy', 'synth: artifact', 'environment staging, namespace example-staging', 'KUBECONFIG, masked variable for staging'],
      ['deploy-production', 'deploy', 'synth: artifact deploy-staging', 'environment production, namespace example protected refs only started by hand',
        'KUBECONFIG, masked variable for production'],
    ],
    [
      ['environment', 'what it is', 'jobs', 'credential'],
      ['staging', 'namespace example-staging', 'deploy-staging', 'KUBECONFIG, masked variable for staging'],
      ['production', 'namespace example protected', 'deploy-production', 'KUBECONFIG, masked variable for production'],
    ],
  ]);
});

test('assistive technology is told the name of the picture, and the tables', async () => {
  await browser.open(urlOf('two.html'));
  expect(await browser.named('image')).toEqual(['Pipeline of web']);
  expect(await browser.named('region')).toEqual(expect.arrayContaining(['picture', 'Jobs', 'Environments']));
});
