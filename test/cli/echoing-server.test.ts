import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { App, Chart, Yaml } from 'cdk8s';
import { NamespaceDeployer } from '../../src';
import { runCli, fileText } from '../support/cli';
import { FakeClock } from '../support/fake-clock';
import { kubeconfigFile, TOKEN } from '../support/kubeconfigs';
import { httpServer, httpsServer } from '../support/loopback';
import { TestAuthority } from '../support/x509';

const CA = new TestAuthority();
const PASSWORD = 'pass/word of "the" proxy';
const GITLAB_TOKEN = 'glpat-x-0123456789abcdef';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const json = (text: string) => JSON.stringify(text).slice(1, -1);

/** The forms in which a server may repeat a header. */
const FORMS: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  json,
  (text) => json(json(text)),
  encodeURIComponent,
  base64,
  (text) => base64(text).replace(/=+$/, ''),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => encodeURIComponent(base64(text)),
  (text) => [...text].map((character) => `&#${character.charCodeAt(0)};`).join(''),
  (text) => [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
];

/** A header in all forms, each of them first once. */
function inAllForms(header: string, first: number): string {
  return FORMS.map((_, index) => FORMS[(index + first) % FORMS.length]!(header)).join(', ');
}

type Answer = (echo: string, response: ServerResponse) => void;

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
};
const status = (code: number, fields: object) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...fields });

const ANSWERS = new Map<string, Answer>([
  ['a text that begins like JSON, with 200', (echo, response) => send(response, 200, `{ not JSON: ${echo}`)],
  ['a Status with 200', (echo, response) => send(response, 200, status(403, { message: `you said ${echo}`, reason: 'Forbidden' }))],
  ['a Status with the header as its reason', (echo, response) => send(response, 403, status(403, { message: 'no', reason: echo }))],
  ['a Status with a long message', (echo, response) => send(response, 400, status(400, { message: `${'x'.repeat(1950)}${echo}${'y'.repeat(100)}` }))],
  ['a page, with 502', (echo, response) => send(response, 502, `<html>${'.'.repeat(120)}${echo}</html>`)],
  ['an object with the header in every name', (echo, response) => send(response, 200, {
    kind: 'List',
    apiVersion: 'v1',
    metadata: { name: echo, resourceVersion: '1' },
    status: { userInfo: { username: echo }, allowed: true, reason: echo },
    gitVersion: echo,
    items: [{ metadata: { name: echo } }],
    resources: [{ name: echo, kind: echo, verbs: ['get'] }],
    version: echo,
    path_with_namespace: echo,
    id: 1,
    message: echo,
  })],
]);

const COMMANDS: ReadonlyArray<readonly string[]> = [
  ['verify', '--output', 'json', '--junit', 'out.xml', '--html', 'out.html', '--debug'],
  ['verify', '--debug'],
  ['deploy', 'app.yaml', '--app', 'web', '--environment', 'production', '--output', 'json', '--junit', 'out.xml', '--dotenv', 'out.env', '--debug', '--lock-wait', '1s'],
  ['deploy', 'app.yaml', '--app', 'web', '--environment', 'production', '--dry-run', '--diff'],
  ['status', '--app', 'web', '--environment', 'production', '--output', 'json'],
  ['history', '--app', 'web', '--environment', 'production'],
];

const ACCESS = accessManifests();
const MANIFEST = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: {} });

/** The parts of a text that show a secret in one of the forms. None may show, wherever the text is cut. */
function shownOf(secret: string, text: string): string[] {
  const parts = [secret, ...secret.split('.').slice(1)].flatMap((part) => FORMS.map((form) => form(part)));
  return parts.flatMap((part) => Array.from({ length: Math.floor(part.length / 12) }, (_, index) => part.slice(index * 12, index * 12 + 12)))
    .filter((part) => text.includes(part));
}

async function outputs(argv: readonly string[], server: string, variables: Record<string, string> = {}): Promise<string> {
  const files = {
    'app.yaml': MANIFEST,
    'access.yaml': ACCESS,
    'config': kubeconfigFile({ cluster: { 'server': server, 'certificate-authority-data': base64(CA.certificate) }, user: { token: TOKEN } }),
  };
  const { stdout, stderr } = await runCli([...argv], { files, variables: { KUBECONFIG: 'config', CI_PROJECT_ID: '7', ...variables }, clock: new FakeClock() });
  return [stdout, stderr, ...['out.xml', 'out.html', 'out.env'].map((name) => fileText(name) ?? '')].join('\n');
}

test.each([...ANSWERS])('no output shows the token when the server repeats it in %s', async (_, answer) => {
  let requests = 0;
  const { port } = await httpsServer(CA.issue(), ({ headers: { authorization = '' } }, response) => answer(inAllForms(authorization, requests++), response));
  for (const argv of COMMANDS) {
    const text = await outputs(argv, `https://127.0.0.1:${port}`);
    expect({ argv, shown: shownOf(TOKEN, text) }).toEqual({ argv, shown: [] });
  }
  expect(requests).toBeGreaterThan(COMMANDS.length);
});

/** Clears the screen, begins and ends sections of a GitLab log, changes the direction of text, and adds a line. */
const HOSTILE = '\u001b[2J\u001b[0Ksection_start:1:x[collapsed=true]\r\u001b[0Kx\u001b[0Ksection_end:1:deploy-web-plan\r\u001b[0K\u009b2J\u202e\u2028\ncdk8s-ci-deploy: all is well';
const OWN_SECTION = /\u001b\[0Ksection_(?:start|end):\d+:deploy-web-plan(?:\[collapsed=true\])?\r\u001b\[0K/g;

test.each([...ANSWERS])('nothing controls the terminal or a GitLab log when the server sends control characters in %s', async (_, answer) => {
  let requests = 0;
  const { port } = await httpsServer(CA.issue(), (__, response) => {
    requests += 1;
    answer(HOSTILE, response);
  });
  for (const argv of COMMANDS) {
    const text = await outputs(argv, `https://127.0.0.1:${port}`, { GITLAB_CI: 'true' });
    expect(/.{0,40}[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]/.exec(text.replace(OWN_SECTION, ''))?.[0]).toBeUndefined();
    expect(text).not.toMatch(/^cdk8s-ci-deploy: all is well/m);
  }
  expect(requests).toBeGreaterThan(COMMANDS.length);
});

test('no output shows the password of a proxy that repeats it', async () => {
  const proxy = await httpServer(() => undefined);
  let requests = 0;
  proxy.server.on('connect', ({ headers }: IncomingMessage, socket: Socket) => {
    const [, basic = ''] = headers['proxy-authorization']?.split(' ') ?? [];
    const echo = `${inAllForms(Buffer.from(basic, 'base64').toString(), requests)} ${basic} ${encodeURIComponent(basic)}`;
    socket.end(`HTTP/1.1 ${requests++ % 2 === 0 ? 407 : 502} ${echo.replace(/[^ -~]/g, '')}\r\n\r\n`);
  });
  const HTTPS_PROXY = `http://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`;
  for (const argv of COMMANDS) {
    const text = await outputs(argv, 'https://api.example.com', { HTTPS_PROXY });
    expect({ argv, shown: [...shownOf(PASSWORD, text), ...shownOf(base64(`user:${PASSWORD}`), text)] }).toEqual({ argv, shown: [] });
  }
  expect(requests).toBeGreaterThan(COMMANDS.length);
});

test.each([
  ['in a message', (echo: string, response: ServerResponse) => send(response, 400, { message: echo })],
  ['in a page', (echo: string, response: ServerResponse) => send(response, 403, `${'.'.repeat(100)}${echo}`)],
  ['in the address of a redirection', (echo: string, response: ServerResponse) => send(response, 302, '', { location: `https://example.com/${encodeURI(echo)}` })],
])('no output shows the token for GitLab when GitLab repeats it %s', async (_, answer) => {
  let requests = 0;
  const { port } = await httpServer(({ headers }, response) => answer(inAllForms(String(headers['private-token']), requests++), response));
  for (const argv of [['grant', 'access.yaml', '--project', '42'], ['rotate', 'access.yaml', '--project', '42']]) {
    const text = await outputs([...argv, '--kubeconfig', 'config', '--gitlab-url', `http://127.0.0.1:${port}`, '--environment', 'production', '--yes'], 'https://api.example.com', { GITLAB_TOKEN });
    expect({ argv, shown: shownOf(GITLAB_TOKEN, text) }).toEqual({ argv, shown: [] });
  }
  expect(requests).toBeGreaterThan(0);
});

function accessManifests(): string {
  const chart = new Chart(new App(), 'access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example' });
  return Yaml.stringify(...chart.toJson());
}
