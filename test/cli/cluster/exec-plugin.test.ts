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

/** A plugin in shell: what it is told is in `told`, each run leaves a line in `runs`. */
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
  test('gives a token; it is called once for many requests, with its arguments and variables', async () => {
    const { credentials, context } = await plugin(`echo "for $WHO" >&2; ${printing({ token: 'of-plugin' })}`, { args: ['get token', '$HOME'], env: [{ name: 'WHO', value: 'me' }] });

    expect(await Promise.all([1, 2, 3].map(async () => credentials.present()))).toEqual([1, 2, 3].map(() => ({ token: 'of-plugin' })));
    expect(runs()).toEqual(['called get token $HOME']);
    expect(context.said.join('')).toBe('for me\n');
    expect(credentials.description).toBe('the exec plugin "./plugin"');
    expect(told()).toEqual({ apiVersion: VERSION, kind: 'ExecCredential', spec: { interactive: false } });
  });

  test('gives a client certificate', async () => {
    const { credentials } = await plugin(printing({ clientCertificateData: CLIENT.certificate, clientKeyData: CLIENT.key }));

    expect(await credentials.present()).toEqual({ clientCertificate: CLIENT });
  });

  test('of v1beta1 answers in that version', async () => {
    const apiVersion = 'client.authentication.k8s.io/v1beta1';
    const { credentials } = await plugin(printing({ token: 'beta' }, apiVersion), { apiVersion });

    expect(await credentials.present()).toEqual({ token: 'beta' });
  });

  test('is told of the cluster if it wants to know', async () => {
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a', list: [1, true] } }, { name: 'other', extension: {} }];
    const { credentials } = await plugin(printing({ token: 'a' }), { provideClusterInfo: true }, {}, { extensions });
    await credentials.present();

    expect(told()).toMatchObject({ spec: { cluster: { 'server': SERVER, 'certificate-authority-data': CA_DATA, 'config': { audience: 'a', list: [1, true] } } } });
  });

  test('is called again when its credential ends, and when the server does not know it', async () => {
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

  test('is found in PATH without a slash in its name', async () => {
    const { credentials } = await plugin(printing({ token: 'a' }), { command: 'plugin' }, { variables: { PATH: `${join(cliFolder(), 'there')}:${process.env.PATH}` } });

    expect(await credentials.present()).toEqual({ token: 'a' });
  });
});

describe('a plugin that fails', () => {
  test.each<[string, string, string]>([
    ['ends with a status', 'echo hunter2; exit 7', 'the exec plugin "./plugin" ended with status 7'],
    ['is killed', 'kill -KILL $$', 'the exec plugin "./plugin" ended with SIGKILL'],
    ['prints nothing', '', 'what it printed is no ExecCredential'],
    ['prints a bare token', 'echo hunter2', 'what it printed is no ExecCredential'],
    ['answers in another version', printing({ token: 'hunter2' }, 'client.authentication.k8s.io/v1beta1'), 'it answered in another version than client.authentication.k8s.io/v1'],
    ['gives nothing', printing({}), 'it gave neither a token nor a client certificate'],
    ['gives half', printing({ clientKeyData: 'hunter2' }), 'it gave a client certificate without its key, or the reverse'],
  ])('because it %s is named, and what it printed is not', async (_, script, expected) => {
    const { credentials, context } = await plugin(script);
    const failure = await credentials.present().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Failure);
    expect(`${failure}`).toContain(expected);
    expect(`${failure}${context.said.join('')}`).not.toContain('hunter2');
  });

  test('may be started again', async () => {
    const { credentials } = await plugin(`test "$(wc -l <runs)" = 2 || exit 1; ${printing({ token: 'a' })}`);

    await expect(credentials.present()).rejects.toThrow('ended with status 1');
    expect(await credentials.present()).toEqual({ token: 'a' });
  });

  test('because its token cannot be sent', async () => {
    const { credentials } = await plugin(printing({ token: 'hunter2 hunter2' }));

    await expect(credentials.present()).rejects.toThrow('the exec plugin\'s token: it has white space in it');
    await expect(credentials.present()).rejects.not.toThrow('hunter2');
  });

  test('because it is not there comes with its hint', async () => {
    const { credentials } = await plugin('', { command: 'no-such-plugin', installHint: 'see https://example.com\u001b[31m' });

    await expect(credentials.present()).rejects.toThrow(UserError);
    await expect(credentials.present()).rejects.toThrow('the exec plugin "no-such-plugin": there is no such program, expected the program that the kubeconfig names; ' +
      'its hint: "see https://example.com\\u001b[31m"');
  });

  test('because it wants a terminal and there is none', async () => {
    const { credentials } = await plugin('', { interactiveMode: 'Always' });

    await expect(credentials.present()).rejects.toThrow('standard input is not a terminal');
  });

  test('because it hangs is ended', async () => {
    const clock = new FakeClock();
    const { credentials } = await plugin('exec sleep 600', {}, { clock });
    const failure = credentials.present().catch((error: unknown) => error);
    await untilStarted();
    clock.pass(60_000);

    expect(await failure).toBeInstanceOf(Unreachable);
    expect(`${await failure}`).toContain('the exec plugin "./plugin" did not end within 60 s');
  });

  test('because the command ends is ended, too', async () => {
    const { credentials, context } = await plugin('exec sleep 600');
    const failure = credentials.present().catch((error: unknown) => error);
    await untilStarted();
    context.abort.abort(new Interrupted('SIGINT'));

    expect(`${await failure}`).toContain('ended by SIGINT');
    await expect(credentials.present()).rejects.toThrow('ended by SIGINT');
  });
});
