import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/base/user-error';
import { Failure, Interrupted, Unreachable } from '../../../src/cli/base/failure';
import { administratorConnection } from '../../../src/cli/cluster/administrator';
import { Credentials } from '../../../src/cli/cluster/connection';
import { cliFolder } from '../../support/cli';
import { commandContext, TestContext, TestContextOptions } from '../../support/command-context';
import { FakeClock } from '../../support/fake-clock';
import { CA_DATA, kubeconfigFile, SERVER } from '../../support/kubeconfigs';
import { until } from '../../support/until';
import { TestAuthority } from '../../support/x509';

const VERSION = 'client.authentication.k8s.io/v1';
const CLIENT = new TestAuthority().issue();

interface Run {
  readonly credentials: Credentials;
  readonly context: TestContext;
}

/** A plugin as a shell script: it writes its input to `told`, and a line for each run to `runs`. */
async function plugin(script: string, exec: object = {}, options: TestContextOptions = {}, cluster: Record<string, unknown> = {}): Promise<Run> {
  const user = { token: undefined, exec: { apiVersion: VERSION, command: './plugin', interactiveMode: 'IfAvailable', ...exec } };
  const variables = { PATH: process.env.PATH, ...options.variables };
  const program = `#!/bin/sh\ncd "$(dirname "$0")"\necho "called $@" >>runs\nprintf %s "$KUBERNETES_EXEC_INFO" >told\n${script}\n`;
  const context = commandContext({ ...options, variables, files: { 'there/config': kubeconfigFile({ user, cluster }), 'there/plugin': program, ...options.files } });
  chmodSync(join(cliFolder(), 'there/plugin'), 0o755);
  const { connection } = await administratorConnection(context, { kubeconfig: 'there/config' });
  return { context, credentials: connection.credentials };
}

function printing(status: object, apiVersion = VERSION): string {
  return `cat <<'END'\n${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}\nEND`;
}

function runs(): string[] {
  return readFileSync(join(cliFolder(), 'there/runs'), 'utf8').trimEnd().split('\n');
}

async function untilStarted(): Promise<void> {
  await until(() => existsSync(join(cliFolder(), 'there/told')));
}

function told(): unknown {
  return JSON.parse(readFileSync(join(cliFolder(), 'there/told'), 'utf8'));
}

describe('a plugin', () => {
  test('runs once for simultaneous requests, with its arguments and variables', async () => {
    const { credentials, context } = await plugin(`echo "for $WHO" >&2; ${printing({ token: 'of-plugin' })}`, { args: ['get token', '$HOME'], env: [{ name: 'WHO', value: 'me' }] });

    expect(await Promise.all([1, 2, 3].map(async () => credentials.present()))).toEqual([1, 2, 3].map(() => ({ token: 'of-plugin' })));
    expect(runs()).toEqual(['called get token $HOME']);
    expect(context.said.join('')).toBe('for me\n');
    expect(credentials.description).toBe('the exec plugin "./plugin"');
    expect(told()).toEqual({ apiVersion: VERSION, kind: 'ExecCredential', spec: { interactive: false } });
  });

  test('may return a client certificate', async () => {
    const { credentials } = await plugin(printing({ clientCertificateData: CLIENT.certificate, clientKeyData: CLIENT.key }));

    expect(await credentials.present()).toEqual({ clientCertificate: CLIENT });
  });

  test('may use the version v1beta1', async () => {
    const apiVersion = 'client.authentication.k8s.io/v1beta1';
    const { credentials } = await plugin(printing({ token: 'beta' }, apiVersion), { apiVersion });

    expect(await credentials.present()).toEqual({ token: 'beta' });
  });

  test('gets the cluster with provideClusterInfo', async () => {
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a', list: [1, true] } }, { name: 'other', extension: {} }];
    const { credentials } = await plugin(printing({ token: 'a' }), { provideClusterInfo: true }, {}, { extensions });
    await credentials.present();

    expect(told()).toMatchObject({ spec: { cluster: { 'server': SERVER, 'certificate-authority-data': CA_DATA, 'config': { audience: 'a', list: [1, true] } } } });
  });

  test('runs again when its credentials expire, and after a 401', async () => {
    const clock = new FakeClock();
    const expirationTimestamp = new Date(clock.now() + 60_000).toISOString();
    const { credentials } = await plugin(printing({ token: 'a', expirationTimestamp }), {}, { clock });

    await credentials.present();
    clock.pass(59_999);
    await credentials.present();
    expect(runs()).toHaveLength(1);

    clock.pass(1);
    await credentials.present();
    expect(runs()).toHaveLength(2);

    await credentials.present(true);
    expect(runs()).toHaveLength(3);
  });

  test('is found in PATH when its command has no slash', async () => {
    const { credentials } = await plugin(printing({ token: 'a' }), { command: 'plugin' }, { variables: { PATH: `${join(cliFolder(), 'there')}:${process.env.PATH}` } });

    expect(await credentials.present()).toEqual({ token: 'a' });
  });
});

describe('a failed plugin', () => {
  test.each<[string, string, string]>([
    ['ends with a status', 'echo hunter2; exit 7', 'the exec plugin "./plugin" ended with status 7'],
    ['is killed', 'kill -KILL $$', 'the exec plugin "./plugin" ended with SIGKILL'],
    ['prints nothing', '', 'its output is not an ExecCredential'],
    ['prints a bare token', 'echo hunter2', 'its output is not an ExecCredential'],
    ['answers in another version', printing({ token: 'hunter2' }, 'client.authentication.k8s.io/v1beta1'), 'its output has another apiVersion than client.authentication.k8s.io/v1'],
    ['returns nothing', printing({}), 'its output has neither a token nor a client certificate'],
    ['returns half a certificate', printing({ clientKeyData: 'hunter2' }), 'its output has a client certificate without its key, or a key without its certificate'],
  ])('that %s is reported without its output', async (_, script, expected) => {
    const { credentials, context } = await plugin(script);
    const failure = await credentials.present().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Failure);
    expect(`${failure}`).toContain(expected);
    expect(`${failure}${context.said.join('')}`).not.toContain('hunter2');
  });

  test('runs again on the next request', async () => {
    const { credentials } = await plugin(`test "$(wc -l <runs)" = 2 || exit 1; ${printing({ token: 'a' })}`);

    await expect(credentials.present()).rejects.toThrow('ended with status 1');
    expect(await credentials.present()).toEqual({ token: 'a' });
  });

  test('with an invalid token is reported without the token', async () => {
    const { credentials } = await plugin(printing({ token: 'hunter2 hunter2' }));

    await expect(credentials.present()).rejects.toThrow('the exec plugin\'s token: it has white space in it');
    await expect(credentials.present()).rejects.not.toThrow('hunter2');
  });

  test('that is not installed is reported with its install hint', async () => {
    const { credentials } = await plugin('', { command: 'no-such-plugin', installHint: 'see https://example.com\u001b[31m' });

    await expect(credentials.present()).rejects.toThrow(UserError);
    await expect(credentials.present()).rejects.toThrow('the exec plugin "no-such-plugin": program not found, expected the program that the kubeconfig names; ' +
      'its hint: "see https://example.com\\u001b[31m"');
  });

  test('that needs a terminal is reported without one', async () => {
    const { credentials } = await plugin('', { interactiveMode: 'Always' });

    await expect(credentials.present()).rejects.toThrow('standard input is not a terminal');
  });

  test('is stopped at its time limit', async () => {
    const clock = new FakeClock();
    const { credentials } = await plugin('exec sleep 600', {}, { clock });
    const failure = credentials.present().catch((error: unknown) => error);
    await untilStarted();
    clock.pass(60_000);

    expect(await failure).toBeInstanceOf(Unreachable);
    expect(`${await failure}`).toContain('the exec plugin "./plugin" did not end within 60 s');
  });

  test('is stopped when the command ends', async () => {
    const { credentials, context } = await plugin('exec sleep 600');
    const failure = credentials.present().catch((error: unknown) => error);
    await untilStarted();
    context.abort.abort(new Interrupted('SIGINT'));

    expect(`${await failure}`).toContain('ended by SIGINT');
    await expect(credentials.present()).rejects.toThrow('ended by SIGINT');
  });
});
