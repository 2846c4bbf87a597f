import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/lazy-commands';
import { runCli } from '../support/cli';
import { kubeconfigFile, TOKEN } from '../support/kubeconfigs';

const VERSION: string = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).version;

test('it prints the usage to standard error and exits with 2 without arguments', async () => {
  expect(await runCli([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: cdk8s-ci-deploy COMMAND') });
});

test.each([['--help'], ['-h'], ['help']])('%s prints the commands to standard output', async (argument) => {
  const { code, stdout, stderr } = await runCli([argument]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^ {2}render {2,}set an image/m);
  expect(stdout).toMatch(/^ {2}kubeconfig {2,}build or check/m);
});

test('--version prints the version of the package', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
});

test.each([['help', 'deploy'], ['--help', 'deploy'], ['-h', 'deploy'], ['deploy', '-h'], ['deploy', '--help'], ['help', 'deploy', '--help']])('%s %s prints the help of the command', async (...argv) => {
  expect(await runCli(argv)).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: cdk8s-ci-deploy deploy FILE|FOLDER|-...'), stderr: '' });
});

test('help help prints the commands', async () => {
  expect((await runCli(['help', 'help'])).stdout).toContain('Usage: cdk8s-ci-deploy COMMAND');
});

test.each([...COMMANDS.keys()])('%s --x lists no options', async (name) => {
  const { code, stderr } = await runCli([name, '--x']);

  expect([code, stderr]).toEqual([2, expect.stringMatching(new RegExp(`^cdk8s-ci-deploy: unknown option "--x" of ${name}\\. (?:See cdk8s-ci-deploy ${name} --help\\.|Did you mean --[\\w-]+\\?)\n$`))]);
});

test.each([['render', '--image REFERENCE'], ['kubeconfig', '--token-file FILE|-']])('%s --help prints its options', async (command, option) => {
  const { code, stdout } = await runCli([command, 'ignored', '--help', '--unknown']);

  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: cdk8s-ci-deploy ${command}`);
  expect(stdout).toContain(option);
});

test.each<[string, string[], RegExp]>([
  ['an unknown command', ['publish'], /unknown command "publish"\. The commands are init, .*, destroy, completion\./],
  ['a misspelt command', ['rendr'], /unknown command "rendr"\. Did you mean render\?/],
  ['the name of a property of objects', ['constructor'], /unknown command "constructor"/],
  ['an option before the command', ['--namespace', 'web', 'deploy'], /options follow the command: cdk8s-ci-deploy COMMAND "--namespace"\. See/],
  ['an unknown command of help', ['help', 'depoy'], /unknown command "depoy"\. Did you mean deploy\?/],
  ['a misspelt option', ['deploy', '--hepl'], /unknown option "--hepl" of deploy\. Did you mean --help\?/],
  ['an unknown shell', ['completion', 'tcsh'], /completion: "tcsh", expected bash, zsh, fish; use completion bash/],
  ['a secret as the command', [TOKEN], /the first argument is not a command/],
  ['an unknown option', ['render', '--imgae', 'x'], /^cdk8s-ci-deploy: unknown option "--imgae" of render\. Did you mean --image\?\n$/],
  ['an unknown short option', ['render', '-x'], /unknown option "-x" of render\. See/],
  ['an option without its value', ['render', '--image'], /--image: it has no value/],
  ['an option before another one', ['render', '--image', '--file', 'x'], /--image: it has no value/],
  ['a switch with a value', ['render', '--allow-mutable-tag=yes'], /--allow-mutable-tag: it has a value/],
  ['a repeated option', ['render', '--image', 'a', '--image', 'b'], /--image: it is given 2 times/],
  ['too many arguments', ['render', 'a', TOKEN], /render: there are 2 arguments, expected \[FILE\|-\]/],
  ['too few arguments', ['grant'], /grant: there are 0 arguments, expected ACCESS\.yaml\|-/],
  ['an unknown choice', ['render', '--output', 'xml'], /--output: "xml", expected text, json; use --output text/],
  ['a token as an argument', ['kubeconfig', 'f', '--token', TOKEN], /--token: there is no such option on purpose.*--token-file -/],
  ['a token behind "="', ['kubeconfig', 'f', `--token=${TOKEN}`], /--token: there is no such option on purpose/],
])('%s is rejected in one line, without a secret', async (_, argv, expected) => {
  const { code, stdout, stderr } = await runCli(argv);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(expected);
  expect(stderr).toMatch(/^cdk8s-ci-deploy: [^\n]*\n$/);
  expect(stderr).not.toContain(TOKEN);
});

test.each([...COMMANDS])('%s loads the command of this name', (name, load) => {
  expect(load().name).toBe(name);
});

test('"--" ends the options', async () => {
  expect((await runCli(['render', '--', '--help'])).stderr).toMatch(/^cdk8s-ci-deploy: /);
});

test('a bug prints its stack and exits with 1', async () => {
  const files = { kubeconfig: kubeconfigFile() };
  const broken = jest.spyOn(JSON, 'stringify').mockImplementationOnce(() => { throw new TypeError('broken'); });
  const { code, stdout, stderr } = await runCli(['kubeconfig', 'kubeconfig'], { files });
  broken.mockRestore();

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^cdk8s-ci-deploy: this is a bug; please report it with these lines\nTypeError: broken\n +at /);
});
