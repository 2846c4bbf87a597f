import { chmodSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Clock } from '../../../src/cli/base/host';
import { administratorConnection } from '../../../src/cli/cluster/administrator';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { CiVariables } from '../../../src/gitlab/ci-variables';
import { cliFolder } from '../../support/cli';
import { commandContext } from '../../support/command-context';
import { FakeClock } from '../../support/fake-clock';
import { kubeconfigFile, TOKEN } from '../../support/kubeconfigs';
import { answerJson, httpServer, httpsServer, Loopback } from '../../support/loopback';
import { TestAuthority } from '../../support/x509';

const CA = new TestAuthority();
const CLIENT = CA.issue({ hosts: [] });
const PASSWORD = 'password-of-the-proxy';
const DAY = 86_400_000;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The secrets in parts of 16 characters, since a line may break anywhere. */
const SECRETS = [TOKEN, base64(TOKEN), CLIENT.key.split('\n')[1] ?? '', base64(CLIENT.key), PASSWORD, base64(`user:${PASSWORD}`)]
  .flatMap((secret) => Array.from({ length: Math.floor(secret.length / 16) || 1 }, (_, index) => secret.slice(index * 16, index * 16 + 16)));

const plugin = (output: string) => `#!/bin/sh\necho "see https://example.com" >&2\ncat <<'END'\n${output}\nEND\n`;
const credential = JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token: TOKEN } });
const exec = (command: string) => ({ token: undefined, exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } });

const USERS: Array<[string, Record<string, unknown>]> = [
  ['a token', {}],
  ['a token file', { token: undefined, tokenFile: 'token' }],
  ['a token of two lines', { token: `${TOKEN}\n${TOKEN}` }],
  ['a client certificate', { 'token': undefined, 'client-certificate-data': base64(CLIENT.certificate), 'client-key-data': base64(CLIENT.key) }],
  ['a client certificate with the key of another', { 'token': undefined, 'client-certificate-data': base64(CA.issue().certificate), 'client-key-data': base64(CLIENT.key) }],
  ['the token of a plugin', exec('./plugin')],
  ['the output of a plugin that prints a bare token', exec('./bare')],
  ['the output of a plugin that returns half a certificate', exec('./half')],
];

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const echo = ({ rawHeaders }: IncomingMessage) => rawHeaders.join(' ');

function answerWatch(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.url?.includes('watch=true')) answerJson(response, 200, { type: 'ERROR', object: error });
  else answerJson(response, 403, { kind: 'Status', message: echo(request) });
}

const SERVERS: Array<[string, Handler, ReturnType<TestAuthority['issue']>]> = [
  ['good', (_, response) => answerJson(response, 200, {}), CA.issue()],
  ['forbidding', (_, response) => answerJson(response, 403, { kind: 'Status', message: 'no' }), CA.issue()],
  ['not knowing', (request, response) => answerJson(response, 401, { kind: 'Status', message: `you said ${echo(request)}` }), CA.issue()],
  ['showing the request', (request, response) => response.writeHead(502).end(echo(request)), CA.issue()],
  ['showing the request as if all were good', (request, response) => response.writeHead(200, { warning: `299 - "${echo(request)}"` }).end(echo(request)), CA.issue()],
  ['showing the request in the error of a watch', (request, response) => answerWatch(request, response, {
    kind: 'Status', code: 403, message: echo(request), reason: echo(request), details: { causes: [{ message: echo(request) }] },
  }), CA.issue()],
  ['showing the request in the error of a watch, without a Status', (request, response) => answerWatch(request, response, [echo(request)]), CA.issue()],
  ['cutting', ({ socket }) => socket.destroy(), CA.issue()],
  ['cutting in the middle', ({ socket }, response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => socket.destroy()), CA.issue()],
  ['hanging', () => undefined, CA.issue()],
  ['talking nonsense', ({ socket }) => socket.end('nonsense\r\n\r\n'), CA.issue()],
  ['of another CA', () => undefined, new TestAuthority('another').issue()],
  ['of another host', () => undefined, CA.issue({ hosts: ['example.com'] })],
  ['expired', () => undefined, CA.issue({ notAfter: new Date(Date.now() - DAY / 2) })],
];

/** The time limit in milliseconds: some of the servers hang. */
const TIMEOUT = 400;

/** Everything that the client prints, throws or returns. */
async function seen(server: string, user: Record<string, unknown>, variables: CiVariables = {}, clock?: Clock): Promise<string> {
  const cluster = { 'server': server, 'certificate-authority-data': base64(CA.certificate) };
  const files = {
    config: kubeconfigFile({ cluster, user }),
    token: `${TOKEN}\n`,
    plugin: plugin(credential),
    bare: plugin(TOKEN),
    half: plugin(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { clientKeyData: CLIENT.key } })),
  };
  const context = commandContext({ files, variables: { PATH: process.env.PATH, ...variables }, clock });
  for (const name of ['plugin', 'bare', 'half']) chmodSync(join(cliFolder(), name), 0o755);
  const lines: unknown[] = [];
  try {
    const administrator = await administratorConnection(context, { kubeconfig: 'config' });
    lines.push(administrator.description, administrator.cluster, administrator.connection.credentials);
    const budget = { perCall: TIMEOUT, total: TIMEOUT };
    const client = connectCluster(administrator.connection, { ...context, budget, debug: (line) => lines.push(line) });
    const watch = async () => {
      for await (const event of client.watch('/api/v1/secrets', { resourceVersion: '1' })) lines.push(event);
    };
    const calls = [client.get('/api'), client.create('/api/v1/namespaces', { a: 'b' }), client.delete('/api/v1/namespaces/a'), watch()];
    // A watch of a hanging server does not end by itself.
    const end = clock ? undefined : setTimeout(() => context.abort.abort(new Error('ended')), TIMEOUT + 100);
    lines.push(await Promise.allSettled(calls), client.warnings, client.server, client.counts);
    clearTimeout(end);
    client.close();
  } catch (error) {
    lines.push(error);
  }
  return [...context.said, ...lines.map((line) => inspect(line, { depth: 20, showHidden: true, getters: true, maxStringLength: null }))].join('\n');
}

function expectNoSecret(text: string): void {
  expect(text).not.toBe('');
  expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
}

test.each(USERS)('no output contains %s, whatever the server does', async (_, user) => {
  const servers = await Promise.all(SERVERS.map(async ([, handler, certified]) => httpsServer(certified, handler)));
  const addresses = [...servers.map(({ port }) => `https://127.0.0.1:${port}`), 'https://127.0.0.1:1', 'https://absent.invalid', 'http://203.0.113.1'];
  const texts = await Promise.all(addresses.map(async (address) => seen(address, user)));

  texts.forEach(expectNoSecret);
});

/** Without a server that hangs, no time limit ends. So every answer is seen, however slow the machine is. */
test.each(SERVERS.filter(([name]) => /^(?:showing|not knowing)/.test(name)))('no output of a server that is %s contains the token', async (name, handler, certified) => {
  const { port } = await httpsServer(certified, handler);

  const text = await seen(`https://127.0.0.1:${port}`, {}, {}, new FakeClock());

  expectNoSecret(text);
  if (name === 'showing the request') expect(text).toContain('authorization Bearer [MASKED]');
  expect(text).toContain('[MASKED]');
});

test('no output contains the password of a proxy', async () => {
  const answers = ['HTTP/1.1 407 Who?\r\n\r\n', 'nonsense\r\n\r\n', ''];
  const proxies: Loopback[] = await Promise.all(answers.map(async (answer) => {
    const proxy = await httpServer(() => undefined);
    proxy.server.on('connect', (_, socket: ReturnType<typeof connect>) => socket.end(answer));
    return proxy;
  }));
  const addresses = [...proxies.map(({ port }) => `http://user:${PASSWORD}@127.0.0.1:${port}`), `socks5://user:${PASSWORD}@127.0.0.1`, `ftp://${PASSWORD}@a b`];
  const texts = await Promise.all(addresses.map(async (HTTPS_PROXY) => seen('https://api.example.com', {}, { HTTPS_PROXY })));

  texts.forEach(expectNoSecret);
});
