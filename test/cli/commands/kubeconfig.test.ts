import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../../src/kubeconfig/kubeconfig-policy';
import { CliOptions, CliResult, fileMode, fileNames, fileText, runCli } from '../../support/cli';
import { AGENT_FILE, CA_DATA, CA_PEM, FileParts, kubeconfigFile, SERVER, TOKEN } from '../../support/kubeconfigs';

const SECRET = 'hunter2-secret';

/** What an administrator has: a plugin, a key, no token, no namespace. */
const REFERENCE = kubeconfigFile({ user: { 'token': undefined, 'exec': { command: 'helper' }, 'client-key-data': SECRET }, context: { namespace: undefined } });
const FILES = { 'admin.conf': REFERENCE, 'token': TOKEN, 'ci.conf': kubeconfigFile() };
const BUILD = ['kubeconfig', 'admin.conf', '--token-file', 'token', '--namespace', 'ns1'];

/** Everything that was written to people and logs, so far, by all tests of this file. */
const written: string[] = [];

async function run(argv: string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await runCli(argv, { files: FILES, ...options });
  written.push(result.stderr, argv.includes('-') && argv.includes('--output') ? '' : result.stdout);
  return result;
}

describe('building a kubeconfig', () => {
  test('takes the cluster of the reference and the token, and reports without secrets', async () => {
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

  test('reports as JSON', async () => {
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
  ])('writes it as %s into a file of the owner alone, exactly as reported', async (format, decode) => {
    const { code, stdout, stderr } = await run([...BUILD, '--format', format, '--file', 'out', '--output', 'json']);
    const text = fileText('out') ?? '';
    const report = JSON.parse(stdout);

    expect({ code, stderr }).toEqual({ code: 0, stderr: `out: written as ${format}, readable by you alone\n` });
    expect(fileMode('out')).toBe(0o600);
    expect(report).toMatchObject({ file: 'out', format });
    expect(report.forms.find(({ form }: { form: string }) => form === format).bytes).toBe(Buffer.byteLength(text));
    expect(Kubeconfig.parse(decode(text))).toMatchObject({ server: SERVER, certificateAuthorityData: CA_DATA, namespace: 'ns1' });
    expect(Kubeconfig.parse(decode(text)).token).toBe(TOKEN);
    expect(decode(text)).not.toContain(SECRET);
  });

  test('writes the credential itself to standard output when asked to', async () => {
    const { code, stdout, stderr } = await run([...BUILD, '--format', 'json', '--output', '-']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Kubeconfig.parse(stdout).token).toBe(TOKEN);
  });

  test.each([['CI', 'true'], ['CI', 'false'], ['GITLAB_CI', 'true']])('does not in a CI job (%s=%s)', async (name, value) => {
    const { code, stdout, stderr } = await run([...BUILD, '--output', '-'], { variables: { [name]: value } });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/--output: it is "-" in a CI job/);
  });

  test('takes the token from standard input, and other values from options', async () => {
    const argv = ['kubeconfig', 'admin.conf', '--token-file', '-', '--namespace', 'ns2', '--user', 'ci', '--server', 'https://api.example.com', '--context', 'x', '--file', 'out'];
    const { code } = await run(argv, { stdin: TOKEN });
    const built = Kubeconfig.parse(fileText('out') ?? '');

    expect(code).toBe(0);
    expect(built).toMatchObject({ server: 'https://api.example.com', certificateAuthorityData: CA_DATA, namespace: 'ns2', user: 'ci' });
    expect(built.token).toBe(TOKEN);
  });

  test('takes the reference from standard input', async () => {
    const { code, stdout } = await run(['kubeconfig', '-', '--token-file', 'token', '--namespace', 'ns1'], { stdin: REFERENCE });

    expect(code).toBe(0);
    expect(stdout).toContain(SERVER);
  });

  test.each([['\n'], ['\r\n']])('leaves out one line break at the end of the token (%j) and says so', async (end) => {
    const { code, stderr } = await run([...BUILD, '--file', 'out'], { files: { ...FILES, token: `${TOKEN}${end}` } });

    expect(code).toBe(0);
    expect(stderr).toContain('token: the line break at its end is left out\n');
    expect(Kubeconfig.parse(fileText('out') ?? '').token).toBe(TOKEN);
  });

  test('embeds the CA file of the reference, which lies beside it', async () => {
    const reference = kubeconfigFile({ cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'pki/ca.crt' } });
    const files = { 'admin/admin.conf': reference, 'admin/pki/ca.crt': CA_PEM, 'token': TOKEN };
    const { code } = await run(['kubeconfig', 'admin/admin.conf', '--token-file', 'token', '--namespace', 'ns1', '--file', 'out'], { files });

    expect(code).toBe(0);
    expect(Kubeconfig.parse(fileText('out') ?? '').certificateAuthorityData).toBe(CA_DATA);
  });

  test('warns of what works nowhere else and of what old runners print', async () => {
    const cluster = { 'server': 'https://127.0.0.1:6443', 'certificate-authority-data': Buffer.from(CA_PEM.repeat(5)).toString('base64') };
    const { stdout } = await run(BUILD, { files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster }) } });

    expect(stdout).toMatch(/^warning: 127\.0\.0\.1 is the machine itself/m);
    expect(stdout).toMatch(/^warning: the base64 has \d+ bytes: GitLab Runner before 15\.4/m);
  });

  test('warns of what no variable holds', async () => {
    const cluster = { 'certificate-authority-data': Buffer.from(CA_PEM.repeat(160)).toString('base64') };
    const { code, stdout } = await run([...BUILD, '--output', 'json'], { files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster }) } });

    expect(code).toBe(0);
    expect(JSON.parse(stdout).warnings).toContainEqual(expect.stringContaining('the base64 does not fit into an environment variable'));
  });

  test.each<[string, string[], CliOptions, RegExp]>([
    ['no namespace', BUILD.slice(0, 4), {}, /--namespace: it is missing/],
    ['an invalid namespace', [...BUILD.slice(0, 5), 'NS'], {}, /namespace is .*DNS label/],
    ['a protected namespace', [...BUILD.slice(0, 5), 'kube-system'], {}, /namespace is .*"kube-\*"/],
    ['a server in clear text', [...BUILD, '--server', 'http://x'], {}, /server: .*https/],
    ['a context that is not there', [...BUILD, '--context', 'y'], {}, /admin\.conf: context: "y" is not in the file, expected one of "x"/],
    ['a token with a line break in it', BUILD, { files: { ...FILES, token: `${TOKEN.slice(0, 40)}\n${TOKEN.slice(40)}\n` } }, /token: it has a line break in it/],
    ['a token with two line breaks at its end', BUILD, { files: { ...FILES, token: `${TOKEN}\n\n` } }, /token: it has a line break in it/],
    ['an empty token', BUILD, { files: { ...FILES, token: '\n' } }, /token: it is empty/],
    ['a token file that is not there', [...BUILD.slice(0, 3), 'absent', '--namespace', 'ns1'], {}, /file not found: absent/],
    ['standard input twice', ['kubeconfig', '-', '--token-file', '-', '--namespace', 'ns1'], {}, /--token-file: it is standard input, as FILE is/],
    ['unverified TLS in the reference', BUILD, { files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster: { 'insecure-skip-tls-verify': true } }) } }, /insecure-skip-tls-verify/],
    ['a CA file that is not there', BUILD, {
      files: { ...FILES, 'admin.conf': kubeconfigFile({ cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'gone.crt' } }) },
    }, /file not found: .*gone\.crt/],
    ['--output - beside --file', [...BUILD, '--output', '-', '--file', 'out'], {}, /--output: it is "-" and there is a --file/],
    ['--file -', [...BUILD, '--file', '-'], {}, /--file: it is "-".*use --output -/],
    ['--force alone', [...BUILD, '--force'], {}, /--force: there is no --file/],
    ['a format that there is not', [...BUILD, '--format', 'toml'], {}, /--format: "toml", expected yaml, json, base64/],
  ])('is refused with %s', async (_, argv, options, expected) => {
    const output = argv.some((arg) => ['--file', '--output', '--force'].includes(arg)) ? [] : ['--file', 'out'];
    const { code, stdout, stderr } = await run([...argv, ...output], options);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr.split('\n').filter((line) => line.startsWith('cdk8s-ci-deploy: '))).toHaveLength(1);
    expect(fileNames()).not.toContain('out');
  });
});

describe('building one for a job with an id_token', () => {
  const FOR_JOB = ['kubeconfig', 'admin.conf', '--id-token-file', '/builds/id-token', '--namespace', 'ns1'];
  const policy = KubeconfigPolicy.stored({ allowTokenFile: true });

  test('names the file that the job will have it in, and has no secret', async () => {
    const { code, stdout, stderr } = await run([...FOR_JOB, '--file', 'out']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: 'out: written as yaml, readable by you alone\n' });
    expect(Kubeconfig.parse(fileText('out') ?? '', policy)).toMatchObject({ server: SERVER, namespace: 'ns1', user: 'gitlab-ns1', tokenFile: '/builds/id-token' });
    expect(stdout).toMatch(/^token file  \/builds\/id-token$/m);
    expect(stdout).toMatch(/^- a file of the repository, as it is: there is no secret in it$/m);
    expect(stdout).not.toMatch(/mask|warning/i);
  });

  test('reports as JSON', async () => {
    expect(JSON.parse((await run([...FOR_JOB, '--output', 'json'])).stdout)).toMatchObject({ tokenFile: '/builds/id-token', forms: [], warnings: [] });
  });

  test('writes it to the standard output of a CI job, too', async () => {
    const { code, stdout } = await run([...FOR_JOB, '--output', '-'], { variables: { CI: 'true' } });

    expect(code).toBe(0);
    expect(Kubeconfig.parse(stdout, policy).tokenFile).toBe('/builds/id-token');
  });

  test.each([
    ['/builds/id-token', false], ['C:\\builds\\id-token', false], ['id-token', true], ['~/id-token', true], ['$CI_PROJECT_DIR/id-token', true],
  ])('warns of a relative name: %s (%s)', async (file, warned) => {
    const { stdout } = await run(['kubeconfig', 'admin.conf', '--id-token-file', file, '--namespace', 'ns1']);

    expect(stdout.includes('warning: the name of the token file is relative')).toBe(warned);
  });

  test('is checked when that is allowed', async () => {
    const files = { 'ci.conf': kubeconfigFile({ user: { token: undefined, tokenFile: '/builds/id-token' } }) };

    expect(await run(['kubeconfig', 'ci.conf'], { files })).toMatchObject({ code: 2, stderr: expect.stringContaining('it has tokenFile') });
    expect(await run(['kubeconfig', 'ci.conf', '--allow-token-file'], { files })).toMatchObject({ code: 0, stdout: expect.stringContaining('/builds/id-token') });
  });

  test.each<[string, string[], RegExp]>([
    ['a token file, too', [...FOR_JOB, '--token-file', 'token'], /--id-token-file: there is a --token-file, too/],
    ['standard input', ['kubeconfig', 'admin.conf', '--id-token-file', '-', '--namespace', 'ns1'], /--id-token-file: it is "-"/],
    ['the token in place of its file', ['kubeconfig', 'admin.conf', '--id-token-file', TOKEN, '--namespace', 'ns1'], /tokenFile: it is a token/],
    ['no namespace', FOR_JOB.slice(0, 4), /--namespace: it is missing/],
  ])('is refused with %s', async (_, argv, expected) => {
    const { code, stdout, stderr } = await run(argv);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
  });
});

describe('checking a kubeconfig', () => {
  test('reports on one that is fit for a CI job', async () => {
    const { code, stdout } = await run(['kubeconfig', 'ci.conf']);

    expect(code).toBe(0);
    expect(stdout).toContain('user       u\n');
  });

  test('converts it', async () => {
    const { code } = await run(['kubeconfig', '-', '--format', 'base64', '--file', 'out'], { stdin: kubeconfigFile() });
    const text = Buffer.from(fileText('out') ?? '', 'base64').toString();

    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual(JSON.parse(kubeconfigFile()));
  });

  test('does not replace a file, unless forced to', async () => {
    const argv = ['kubeconfig', 'ci.conf', '--format', 'json', '--file', 'ci.conf'];

    expect(await run(argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('file exists: ') });
    expect(fileText('ci.conf')).toBe(kubeconfigFile());
    expect(await run([...argv, '--force'])).toMatchObject({ code: 0 });
    expect(fileText('ci.conf')).toBe(Kubeconfig.parse(kubeconfigFile()).toJson());
  });

  test.each<[string, FileParts, RegExp]>([
    ['an exec plugin', { user: { token: undefined, exec: { command: SECRET } } }, /ci\.conf: users\[0\]\.user: it has exec/],
    ['unverified TLS', { cluster: { 'insecure-skip-tls-verify': true } }, /ci\.conf: clusters\[0\]\.cluster: it has insecure-skip-tls-verify/],
    ['no namespace', { context: { namespace: undefined } }, /ci\.conf: namespace: the context names none/],
    ['a protected namespace', { context: { namespace: 'default' } }, /ci\.conf: namespace is /],
    ['a token with a line break', { user: { token: `${TOKEN}\n` } }, /ci\.conf: token: it has a line break/],
    ['a password', { user: { username: 'admin', password: SECRET } }, /ci\.conf: users\[0\]\.user: it has username/],
    ['a password in the address', { cluster: { server: `https://admin:${SECRET}@host` } }, /ci\.conf: server: /],
  ])('refuses one with %s', async (_, parts, expected) => {
    const { code, stdout, stderr } = await run(['kubeconfig', 'ci.conf', '--file', 'out'], { files: { 'ci.conf': kubeconfigFile(parts) } });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(fileNames()).toEqual(['ci.conf']);
  });

  test('refuses the options that go with a token', async () => {
    expect((await run(['kubeconfig', 'ci.conf', '--namespace', 'ns1'])).stderr).toMatch(/--namespace: there is no --token-file/);
  });

  test('refuses the file of the GitLab agent, which is no stored credential', async () => {
    expect(await run(['kubeconfig', '-'], { stdin: AGENT_FILE })).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input: contexts: it has 2 entries') });
  });

  test('accepts a protected namespace when allowed', async () => {
    const files = { 'ci.conf': kubeconfigFile({ context: { namespace: 'default' } }) };

    expect(await run(['kubeconfig', 'ci.conf', '--allow-protected-namespace'], { files })).toMatchObject({ code: 0 });
  });

  test('refuses bytes that are no text', async () => {
    expect(await run(['kubeconfig', '-'], { stdin: Buffer.from([0xff, 0xfe, 0]) })).toMatchObject({ code: 2, stderr: expect.stringContaining('not UTF-8') });
  });
});

test('none of all this wrote a secret anywhere but where it was asked for', () => {
  const everything = written.join('\n');
  const secrets = [TOKEN, TOKEN.slice(0, 40), TOKEN.slice(-25), Buffer.from(TOKEN).toString('base64'), SECRET, 'job-token'];

  expect(everything).toContain(SERVER);
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});
