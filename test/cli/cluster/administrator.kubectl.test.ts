import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { administratorConnection } from '../../../src/cli/cluster/administrator';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { cliFolder } from '../../support/cli';
import { commandContext } from '../../support/command-context';
import { kubeconfigFile } from '../../support/kubeconfigs';
import { FETCH_TIMEOUT, kubectl, NO_CLUSTER } from '../../support/kubectl';
import { answerJson, httpsServer } from '../../support/loopback';
import { TestAuthority } from '../../support/x509';

beforeAll(() => {
  kubectl();
}, FETCH_TIMEOUT);

async function run(args: string[], variables: Record<string, string>): Promise<string> {
  return (await promisify(execFile)(kubectl(), args, { env: { ...NO_CLUSTER, ...variables }, timeout: 200_000 })).stdout;
}

/** Files with entries of the same names. */
const FILES = {
  first: JSON.stringify({
    users: [{ name: 'u', user: { token: 'first' } }],
    contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'ns1' } }],
  }),
  second: kubeconfigFile({ root: { 'current-context': 'two' }, user: { token: 'second' } }),
  third: JSON.stringify({
    'clusters': [{ name: 'c', cluster: { server: 'https://third.example.com' } }, { name: 'd', cluster: { server: 'https://third.example.com' } }],
    'users': [{ name: 'v', user: { token: 'third' } }],
    'contexts': [{ name: 'one', context: { cluster: 'd', user: 'v' } }, { name: 'two', context: { cluster: 'd', user: 'u', namespace: 'ns3' } }],
    'current-context': 'one',
  }),
};

test.each([
  [['first', 'second', 'third'], undefined],
  [['third', 'second', 'first'], undefined],
  [['absent', 'third', '', 'first'], undefined],
  [['second', 'first'], 'one'],
  [['second', 'first', 'third'], 'x'],
  [['third', 'first'], 'two'],
])('%j with the context %s are merged as kubectl does', async (names, context) => {
  const command = commandContext({ files: FILES });
  const KUBECONFIG = names.map((name) => name && join(cliFolder(), name)).join(delimiter);
  const ours = await administratorConnection({ ...command, variables: { KUBECONFIG } }, { context });
  const theirs = JSON.parse(await run(['config', 'view', '--raw', '--minify', '--output=json', ...context ? ['--context', context] : []], { KUBECONFIG })) as {
    readonly clusters: [{ readonly cluster: { readonly server: string } }];
    readonly users: [{ readonly user: object }];
    readonly contexts: [{ readonly name: string; readonly context: { readonly namespace?: string } }];
  };

  expect(ours.connection.server).toBe(theirs.clusters[0].cluster.server);
  expect(await ours.connection.credentials.present()).toEqual(theirs.users[0].user);
  expect(ours.namespace).toBe(theirs.contexts[0].context.namespace);
  expect(ours.description).toContain(`"${theirs.contexts[0].name}"`);
});

test.each(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'])('a plugin of %s gets the same input as from kubectl, and its token is sent', async (apiVersion) => {
  const authority = new TestAuthority();
  const seen: Array<string | undefined> = [];
  const { port } = await httpsServer(authority.issue(), ({ headers }, response) => {
    seen.push(headers.authorization);
    answerJson(response, 200, { major: '1', minor: '36', gitVersion: 'v1.36.3' });
  });
  const credential = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token: 'of-plugin' } });
  const exec = { apiVersion, command: './plugin', args: ['a b', '$c'], env: [{ name: 'D', value: 'e f' }], interactiveMode: 'Never', provideClusterInfo: true };
  const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a', some: [1, true, null, { b: 'c' }] } }];
  const ca = Buffer.from(authority.certificate).toString('base64');
  const cluster = { 'server': `https://127.0.0.1:${port}`, 'certificate-authority-data': ca, 'tls-server-name': 'localhost', extensions };
  const plugin = `#!/bin/sh\nprintf '%s\\n' "$#" "$@" "$D" "$PWD" "$KUBERNETES_EXEC_INFO" >"$(dirname "$0")/told"\ncat <<'END'\n${credential}\nEND\n`;
  const config = kubeconfigFile({ cluster, user: { token: undefined, exec } });
  const context = commandContext({ files: { config, plugin }, variables: { PATH: process.env.PATH } });
  chmodSync(join(cliFolder(), 'plugin'), 0o755);
  const told = () => {
    const lines = readFileSync(join(cliFolder(), 'told'), 'utf8').trimEnd().split('\n');
    return [...lines.slice(0, -1), JSON.parse(lines.at(-1) ?? '') as unknown];
  };

  const { connection } = await administratorConnection(context, { kubeconfig: 'config' });
  const client = connectCluster(connection, context);
  await client.get('/version');
  client.close();
  const ours = told();
  await run(['version', '--kubeconfig', join(cliFolder(), 'config')], { PATH: process.env.PATH ?? '' });

  expect(ours).toEqual(told());
  expect(new Set(seen)).toEqual(new Set(['Bearer of-plugin']));
});
