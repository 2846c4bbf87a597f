import { parseArguments } from '../../../src/cli/command-line/arguments';
import { Context } from '../../../src/cli/command-line/command';
import { formatCredential } from '../../../src/cli/credentials/credential-kubeconfig';
import { LOCAL_OPTIONS, LocalOptions, localDestination } from '../../../src/cli/credentials/local-destination';
import { SafeOutput } from '../../../src/cli/io/safe-output';
import { CiVariables } from '../../../src/gitlab/ci-variables';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { fileMode, fileNames, fileText } from '../../support/cli';
import { commandContext } from '../../support/command-context';
import { SERVER } from '../../support/kubeconfigs';

const ACCOUNT = { namespace: 'example', name: 'gitlab-example' };

/** An unsigned token of a ServiceAccount. */
function tokenOf({ namespace, name }: typeof ACCOUNT, more: object = {}): string {
  const claims = { 'exp': 2_000_000_000, 'kubernetes.io': { namespace, serviceaccount: { name }, secret: { name: 'gitlab-example-1' } }, ...more };
  return ['{"alg":"RS256"}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

const credential = (token = tokenOf(ACCOUNT)) => new Kubeconfig({ server: SERVER, namespace: 'example', token });

interface Run {
  readonly files?: Record<string, string>;
  readonly variables?: CiVariables;
  readonly options?: LocalOptions;
}

let stdout: string;

beforeEach(() => {
  stdout = '';
});

function destination(argv: string[], { files, variables, options }: Run = {}) {
  const syntax = { name: 'grant', operands: [], required: 0, options: new Map([...LOCAL_OPTIONS, ['output', { takes: 'text|json|-', summary: '' }] as const]) };
  const output = new SafeOutput({ write: (text: string) => stdout += text });
  const context = { ...commandContext({ files, variables }), args: parseArguments(argv, syntax), stdout: output };
  return localDestination(context as Context, options);
}

test('there is no local destination without an option', async () => {
  expect(await destination([])).toBeUndefined();
  expect(await destination(['--output', 'json'])).toBeUndefined();
});

describe('a file', () => {
  test.each(['yaml', 'json', 'base64'] as const)('gets the credential as %s, readable only by its owner', async (form) => {
    const steps: string[] = [];
    await (await destination(['--file', 'ci.conf', '--format', form]))?.store(credential(), (step) => steps.push(step));
    expect([fileText('ci.conf'), fileMode('ci.conf')]).toEqual([formatCredential(credential(), form), 0o600]);
    expect(steps).toEqual([`ci.conf: written as ${form}, readable only by you`]);
  });

  test('is identified by its name and a hash of its folder', async () => {
    const identity = async (file: string) => (await destination(['--file', file]))?.identity();
    expect(await identity('some/where/ci.conf')).toMatch(/^file ci\.conf [0-9a-f]{8}$/);
    expect(await identity('some/where/ci.conf')).toBe(await identity('some/../some/where/ci.conf'));
    expect(await identity('else/where/ci.conf')).not.toBe(await identity('some/where/ci.conf'));
  });

  test('is rejected before the first step when it exists', async () => {
    await expect(destination(['--file', 'ci.conf'], { files: { 'ci.conf': 'kept' } })).rejects.toThrow(/file exists: ci\.conf\./);
  });

  test('is not replaced when it appears later', async () => {
    const place = await destination(['--file', 'ci.conf']);
    const { store } = await destination(['--file', 'ci.conf']) ?? {};
    await place?.store(credential(), () => undefined);
    await expect(store?.(credential('other'), () => undefined)).rejects.toThrow(/file exists: /);
    expect(fileText('ci.conf')).toBe(credential().toYaml());
  });

  test.each<[string, string[], LocalOptions]>([['with --force', ['--force'], {}], ['in a rotation', [], { replace: true }]])('is replaced %s', async (_, more, options) => {
    const place = await destination(['--file', 'ci.conf', ...more], { files: { 'ci.conf': 'old' }, options });
    expect(await place?.check()).toMatchObject({ hasCredential: false });
    await place?.store(credential(), () => undefined);
    expect([fileText('ci.conf'), fileNames()]).toEqual([credential().toYaml(), ['ci.conf']]);
  });

  test.each(['yaml', 'json', 'base64'] as const)('stays unchanged when it holds a credential of the ServiceAccount as %s', async (form) => {
    const place = await destination(['--file', 'ci.conf'], { files: { 'ci.conf': formatCredential(credential(), form) }, options: { account: ACCOUNT } });
    expect(await place?.check()).toMatchObject({ hasCredential: true, credential: { secret: 'gitlab-example-1', expires: 2_000_000_000_000 } });
  });

  test.each<[string, string]>([
    ['of another ServiceAccount', tokenOf({ namespace: 'example', name: 'other' })],
    ['of another namespace', tokenOf({ namespace: 'other', name: 'gitlab-example' })],
    ['bound to no Secret', tokenOf(ACCOUNT, { 'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'gitlab-example' } } })],
    ['with a token that is no JWT', 'abc'],
  ])('is rejected when it holds a credential %s', async (_, token) => {
    const files = { 'ci.conf': credential(token).toYaml() };
    await expect(destination(['--file', 'ci.conf'], { files, options: { account: ACCOUNT } })).rejects.toThrow(/file exists: /);
  });
});

describe('standard output', () => {
  test('gets only the credential', async () => {
    const place = await destination(['--output', '-', '--format', 'json']);
    expect(await place?.identity()).toBe('standard output');
    await place?.store(credential(), () => undefined);
    expect(stdout).toBe(credential().toJson());
  });

  test('is rejected in a CI job', async () => {
    await expect(destination(['--output', '-'], { variables: { CI: 'true' } })).rejects.toThrow(/^--output: it is "-" in a CI job, expected no secret in the log/);
  });
});

test.each<[string[], RegExp]>([
  [['--file', '-'], /^--file: it is "-"/],
  [['--file', 'ci.conf', '--format', 'toml'], /--format/],
])('the options %j are rejected', async (argv, message) => {
  await expect(destination(argv)).rejects.toThrow(message);
});
