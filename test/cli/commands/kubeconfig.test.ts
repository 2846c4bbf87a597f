import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../../src/kubeconfig/kubeconfig-policy';
import { CliOptions, CliResult, fileMode, fileNames, fileText, runCli } from '../../support/cli';
import { AGENT_FILE, CA_DATA, CA_PEM, FileParts, kubeconfigFile, SERVER, TOKEN } from '../../support/kubeconfigs';

const SECRET = 'hunter2-secret';

/** The kubeconfig of an administrator: a plugin and a key, without a token and a namespace. */
const REFERENCE = kubeconfigFile({ user: { 'token': undefined, 'exec': { command: 'helper' }, 'client-key-data': SECRET }, context: { namespace: undefined } });
const FILES = { 'admin.conf': REFERENCE, 'token': TOKEN, 'ci.conf': kubeconfigFile() };
const BUILD = ['kubeconfig', 'admin.conf', '--token-file', 'token', '--namespace', 'ns1'];

/** The output of all commands of this file, except credentials on standard output. */
const written: string[] = [];

async function run(argv: string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await runCli(argv, { files: FILES, ...options });
  written.push(result.stderr, argv.includes('-') && argv.includes('--output') ? '' : result.stdout);
  return result;
}

describe('building a kubeconfig', () => {
  test('combines the cluster of FILE and the token, and prints a report without secrets', async () => {
    const { code, stdout, stderr } = await run(BUILD);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`server     ${SERVER} (certificates: embedded)\nnamespace  ns1\nuser       gitlab-ns1\n`);
    expect(stdout).toMatch(/^yaml +\d+ +no: it has several lines +no: it has several lines$/m);
    expect(stdout).toMatch(/^json +\d+ +no: it has "\{" in it +yes$/m);
    expect(stdout).toMatch(/^base64 +\d+ +yes +yes$/m);
    expect(stdout).toMatch(/^token +\d+ +yes +yes$/m);
    expect(stdout).toContain('type File, value: the JSON, "Mask variable" on, "Expand variable reference" off');
    expect(stdout).not.toContain('warning');
    expect(fileNames()).toEqual(['admin.conf', 'ci.conf', 'token']);
  });

  test('prints the report as JSON', async () => {
    const { stdout } = await run([...BUILD, '--output', 'json']);
    const report = JSON.parse(stdout);

    expect(report).toMatchObject({ server: SERVER, serverCertificates: 'embedded', namespace: 'ns1', user: 'gitlab-ns1', warnings: [] });
    expect(report.forms).toEqual([
      { form: 'yaml', bytes: expect.any(Number), notMaskedExpanded: 'it has several lines', notMaskedRaw: 'it has several lines' },
      { form: 'json', bytes: expect.any(Number), notMaskedExpanded: 'it has "{" in it', notMaskedRaw: null },
      { form: 'base64', bytes: expect.any(Number), notMaskedExpanded: null, notMaskedRaw: null },
      { form: 'token', bytes: TOKEN.length, notMaskedExpanded: null, notMaskedRaw: null },
    ]);
    expect(report).not.toHaveProperty('file');
  });

  test.each<[string, (text: string) => string]>([
    ['yaml', (text) => text],
    ['json', (text) => text],
    ['base64', (text) => Buffer.from(text, 'base64').toString()],
  ])('writes %s to a file that only its owner can read, with the reported size', async (format, decode) => {
    const { code, stdout, stderr } = await run([...BUILD, '--format', format, '--file', 'out', '--output', 'json']);
    const text = fileText('out') ?? '';
    const report = JSON.parse(stdout);

    expect({ code, stderr }).toEqual({ code: 0, stderr: `out: written as ${format}, readable only by you\n` });
    expect(fileMode('out')).toBe(0o600);
    expect(report).toMatchObject({ file: 'out', format });
    expect(report.forms.find(({ form }: { form: string }) => form === format).bytes).toBe(Buffer.byteLength(text));
    expect(Kubeconfig.parse(decode(text))).toMatchObject({ server: SERVER, certificateAuthorityData: CA_DATA, namespace: 'ns1' });
    expect(Kubeconfig.parse(decode(text)).token).toBe(TOKEN);
    expect(decode(text)).not.toContain(SECRET);
  });

  test('prints only the credential with --output -', async () => {
    const { code, stdout, stderr } = await run([...BUILD, '--format', 'json', '--output', '-']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Kubeconfig.parse(stdout).token).toBe(TOKEN);
  });

  test.each([['CI', 'true'], ['CI', 'false'], ['GITLAB_CI', 'true']])('prints no credential in a CI job (%s=%s)', async (name, value) => {
    const { code, stdout, stderr } = await run([...BUILD, '--output', '-'], { variables: { [name]: value } });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/--output: it is "-" in a CI job/);
  });

  test('reads the token from standard input, and other values from the options', async () => {
    const argv = ['kubeconfig', 'admin.conf', '--token-file', '-', '--namespace', 'ns2', '--user', 'ci', '--server', 'https://api.example.com', '--context', 'x', '--file', 'out'];
    const { code } = await run(argv, { stdin: TOKEN });
    const built = Kubeconfig.parse(fileText('out') ?? '');

    expect(code).toBe(0);
    expect(built).toMatchObject({ server: 'https://api.example.com', certificateAuthorityData: CA_DATA, namespace: 'ns2', user: 'ci' });
    expect(built.token).toBe(TOKEN);
  });

  test('reads FILE from standard input', async () => {
    const { code, stdout } = await run(['kubeconfig', '-', '--token-file', 'token', '--namespace', 'ns1'], { stdin: REFERENCE });

    expect(code).toBe(0);
    expect(stdout).toContain(SERVER);
  });

  test.each([['\n'], ['\r\n']])('removes one line break at the end of the token (%j), with a message', async (end) => {
    const { code, stderr } = await run([...BUILD, '--file', 'out'], { files: { ...FILES, token: `${TOKEN}${end}` } });

    expect(code).toBe(0);
    expect(stderr).toContain('token: the line break at the end was removed\n');
    expect(Kubeconfig.parse(fileText('out') ?? '').token).toBe(TOKEN);
  });

  test('embeds the CA file that FILE names relative to itself', async () => {
    const reference = kubeconfigFile({ cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'pki/ca.crt' } });
    const files = { 'admin/admin.conf': reference, 'admin/pki/ca.crt': CA_PEM, 'token': TOKEN };
    const { code } = await run(['kubeconfig', 'admin/admin.conf', '--token-file', 'token', '--namespace', 'ns1', '--file', 'out'], { files });

    expect(code).toBe(0);
    expect(Kubeconfig.parse(fileText('out') ?? '').certificateAuthorityData).toBe(CA_DATA);
  });

  test('warns about a loopback address, and about text that old runners do not mask', async () => {
    const cluster = { 'server': 'https://127.0.0.1:6443', 'certificate-authority-data': Buffer.from(CA_PEM.repeat(5)).toString('base64') };
    const { stdout } = await run(BUILD, { files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster }) } });

    expect(stdout).toMatch(/^warning: 127\.0\.0\.1 is a loopback address/m);
    expect(stdout).toMatch(/^warning: the base64 has \d+ bytes: GitLab Runner before 15\.4/m);
  });

  test('warns about a text that is too long for a variable', async () => {
    const cluster = { 'certificate-authority-data': Buffer.from(CA_PEM.repeat(160)).toString('base64') };
    const { code, stdout } = await run([...BUILD, '--output', 'json'], { files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster }) } });

    expect(code).toBe(0);
    expect(JSON.parse(stdout).warnings).toContainEqual(expect.stringContaining('the base64 does not fit into an environment variable'));
  });

  test.each<[string, string[], CliOptions, RegExp]>([
    ['a missing namespace', BUILD.slice(0, 4), {}, /--namespace: it is missing/],
    ['an invalid namespace', [...BUILD.slice(0, 5), 'NS'], {}, /namespace is .*DNS label/],
    ['a protected namespace', [...BUILD.slice(0, 5), 'kube-system'], {}, /namespace is .*"kube-\*"/],
    ['a server in clear text', [...BUILD, '--server', 'http://x'], {}, /server: .*https/],
    ['an unknown context', [...BUILD, '--context', 'y'], {}, /admin\.conf: context: "y" is not in the file, expected one of "x"/],
    ['a token with a line break in it', BUILD, { files: { ...FILES, token: `${TOKEN.slice(0, 40)}\n${TOKEN.slice(40)}\n` } }, /token: it has a line break in it/],
    ['a token with two line breaks at its end', BUILD, { files: { ...FILES, token: `${TOKEN}\n\n` } }, /token: it has a line break in it/],
    ['an empty token', BUILD, { files: { ...FILES, token: '\n' } }, /token: it is empty/],
    ['a missing token file', [...BUILD.slice(0, 3), 'absent', '--namespace', 'ns1'], {}, /file not found: .*absent/],
    ['standard input twice', ['kubeconfig', '-', '--token-file', '-', '--namespace', 'ns1'], {}, /--token-file: FILE reads standard input already/],
    ['unverified TLS in the reference', BUILD, { files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster: { 'insecure-skip-tls-verify': true } }) } }, /insecure-skip-tls-verify/],
    ['a missing CA file', BUILD, {
      files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'gone.crt' } }) },
    }, /file not found: .*gone\.crt/],
    ['--output - beside --file', [...BUILD, '--output', '-', '--file', 'out'], {}, /--file: it cannot be combined with --output -/],
    ['--file -', [...BUILD, '--file', '-'], {}, /--file: it is "-".*use --output -/],
    ['--force alone', [...BUILD, '--force'], {}, /--force: it has no effect without --file/],
    ['an unknown format', [...BUILD, '--format', 'toml'], {}, /--format: "toml", expected yaml, json, base64/],
  ])('fails for %s', async (_, argv, options, expected) => {
    const output = argv.some((arg) => ['--file', '--output', '--force'].includes(arg)) ? [] : ['--file', 'out'];
    const { code, stdout, stderr } = await run([...argv, ...output], options);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr.split('\n').filter((line) => line.startsWith('cdk8s-ci-deploy: '))).toHaveLength(1);
    expect(fileNames()).not.toContain('out');
  });
});

describe('building a kubeconfig for a job with an id_token', () => {
  const FOR_JOB = ['kubeconfig', 'admin.conf', '--id-token-file', '/builds/id-token', '--namespace', 'ns1'];
  const policy = KubeconfigPolicy.stored({ allowTokenFile: true });

  test('writes the name of the token file, and no secret', async () => {
    const { code, stdout, stderr } = await run([...FOR_JOB, '--file', 'out']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: 'out: written as yaml, readable only by you\n' });
    expect(Kubeconfig.parse(fileText('out') ?? '', policy)).toMatchObject({ server: SERVER, namespace: 'ns1', user: 'gitlab-ns1', tokenFile: '/builds/id-token' });
    expect(stdout).toMatch(/^token file  \/builds\/id-token$/m);
    expect(stdout).toMatch(/^- a file in the repository: it holds no secret$/m);
    expect(stdout).not.toMatch(/mask|warning/i);
  });

  test('prints the report as JSON', async () => {
    expect(JSON.parse((await run([...FOR_JOB, '--output', 'json'])).stdout)).toMatchObject({ tokenFile: '/builds/id-token', forms: [], warnings: [] });
  });

  test('is allowed on the standard output of a CI job', async () => {
    const { code, stdout } = await run([...FOR_JOB, '--output', '-'], { variables: { CI: 'true' } });

    expect(code).toBe(0);
    expect(Kubeconfig.parse(stdout, policy).tokenFile).toBe('/builds/id-token');
  });

  test.each([
    ['/builds/id-token', false], ['C:\\builds\\id-token', false], ['id-token', true], ['~/id-token', true], ['$CI_PROJECT_DIR/id-token', true],
  ])('warns about a relative name: %s (%s)', async (file, warned) => {
    const { stdout } = await run(['kubeconfig', 'admin.conf', '--id-token-file', file, '--namespace', 'ns1']);

    expect(stdout.includes('warning: the token file has a relative name')).toBe(warned);
  });

  test('is accepted by a later check with --allow-token-file', async () => {
    const files = { 'ci.conf': kubeconfigFile({ user: { token: undefined, tokenFile: '/builds/id-token' } }) };

    expect(await run(['kubeconfig', 'ci.conf'], { files })).toMatchObject({ code: 2, stderr: expect.stringContaining('it has tokenFile') });
    expect(await run(['kubeconfig', 'ci.conf', '--allow-token-file'], { files })).toMatchObject({ code: 0, stdout: expect.stringContaining('/builds/id-token') });
  });

  test.each<[string, string[], RegExp]>([
    ['a second source', [...FOR_JOB, '--token-file', 'token'], /--token-file: it cannot be combined with --id-token-file/],
    ['standard input', ['kubeconfig', 'admin.conf', '--id-token-file', '-', '--namespace', 'ns1'], /--id-token-file: it is "-"/],
    ['the token instead of its file', ['kubeconfig', 'admin.conf', '--id-token-file', TOKEN, '--namespace', 'ns1'], /tokenFile: it is a token/],
    ['a missing namespace', FOR_JOB.slice(0, 4), /--namespace: it is missing/],
  ])('fails for %s', async (_, argv, expected) => {
    const { code, stdout, stderr } = await run(argv);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
  });
});

describe('checking a kubeconfig', () => {
  test('prints a report on a safe credential', async () => {
    const { code, stdout } = await run(['kubeconfig', 'ci.conf']);

    expect(code).toBe(0);
    expect(stdout).toContain('user       u\n');
  });

  test('converts the kubeconfig to another format', async () => {
    const { code } = await run(['kubeconfig', '-', '--format', 'base64', '--file', 'out'], { stdin: kubeconfigFile() });
    const text = Buffer.from(fileText('out') ?? '', 'base64').toString();

    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual(JSON.parse(kubeconfigFile()));
  });

  test('replaces a file only with --force', async () => {
    const argv = ['kubeconfig', 'ci.conf', '--format', 'json', '--file', 'ci.conf'];

    expect(await run(argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('file exists: ') });
    expect(fileText('ci.conf')).toBe(kubeconfigFile());
    expect(await run([...argv, '--force'])).toMatchObject({ code: 0 });
    expect(fileText('ci.conf')).toBe(Kubeconfig.parse(kubeconfigFile()).toJson());
  });

  test.each<[string, FileParts, RegExp]>([
    ['an exec plugin', { user: { token: undefined, exec: { command: SECRET } } }, /ci\.conf: users\[0\]\.user: it has exec/],
    ['unverified TLS', { cluster: { 'insecure-skip-tls-verify': true } }, /ci\.conf: clusters\[0\]\.cluster: it has insecure-skip-tls-verify/],
    ['a missing namespace', { context: { namespace: undefined } }, /ci\.conf: namespace: the context names none/],
    ['a protected namespace', { context: { namespace: 'default' } }, /ci\.conf: namespace is /],
    ['a token with a line break', { user: { token: `${TOKEN}\n` } }, /ci\.conf: token: it has a line break/],
    ['a password', { user: { username: 'admin', password: SECRET } }, /ci\.conf: users\[0\]\.user: it has username/],
    ['a password in the address', { cluster: { server: `https://admin:${SECRET}@host` } }, /ci\.conf: server: /],
  ])('rejects %s', async (_, parts, expected) => {
    const { code, stdout, stderr } = await run(['kubeconfig', 'ci.conf', '--file', 'out'], { files: { 'ci.conf': kubeconfigFile(parts) } });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(fileNames()).toEqual(['ci.conf']);
  });

  test('rejects the options that need a token', async () => {
    expect((await run(['kubeconfig', 'ci.conf', '--namespace', 'ns1'])).stderr).toMatch(/--namespace: it has no effect without --token-file, --id-token-file or --service-account/);
  });

  test('rejects the kubeconfig of a GitLab agent', async () => {
    expect(await run(['kubeconfig', '-'], { stdin: AGENT_FILE })).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input: contexts: it has 2 entries') });
  });

  test('accepts a protected namespace with --allow-protected-namespace', async () => {
    const files = { 'ci.conf': kubeconfigFile({ context: { namespace: 'default' } }) };

    expect(await run(['kubeconfig', 'ci.conf', '--allow-protected-namespace'], { files })).toMatchObject({ code: 0 });
  });

  test('rejects binary data', async () => {
    expect(await run(['kubeconfig', '-'], { stdin: Buffer.from([0xff, 0xfd, 0]) })).toMatchObject({ code: 2, stderr: expect.stringContaining('not UTF-8') });
  });
});

test('no command of this file printed a secret', () => {
  const everything = written.join('\n');
  const secrets = [TOKEN, TOKEN.slice(0, 40), TOKEN.slice(-25), Buffer.from(TOKEN).toString('base64'), SECRET, 'job-token'];

  expect(everything).toContain(SERVER);
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});
