import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Arguments, parseArguments } from '../../../src/cli/command-line/arguments';
import type { Command } from '../../../src/cli/command-line/command';
import { commandHelp } from '../../../src/cli/command-line/help';
import { optionOf } from '../../../src/cli/command-line/options';
import { COMMANDS } from '../../../src/cli/lazy-commands';
import { CliResult, runCli } from '../../support/cli';
import { FakeClock } from '../../support/fake-clock';
import { CA_PEM, kubeconfigFile, TOKEN } from '../../support/kubeconfigs';

// Nothing listens on this port, so the commands end at their first request.
const CREDENTIAL = kubeconfigFile({ cluster: { server: 'https://127.0.0.1:1' } });
const ACCESS = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: gitlab-ns1, namespace: ns1 }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: gitlab, namespace: ns1 }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin }
subjects: [{ kind: ServiceAccount, name: gitlab-ns1, namespace: ns1 }]
`;
const DEPLOYMENT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, image: IMAGE }] } } }\n';
const FILES = {
  'ci.conf': CREDENTIAL,
  'access.yaml': ACCESS,
  'deployment.yml': DEPLOYMENT,
  'dist/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata: {}\n',
  'token': TOKEN,
  'ca.pem': CA_PEM,
  'program.js': '',
};
const VARIABLES = { CI_DEPLOY_USER: 'deploy', CI_DEPLOY_PASSWORD: 'deploy-password', CI_REGISTRY: 'registry.example.com', GITLAB_TOKEN: 'glpat-test' };

const RELEASE = ['--app', 'web', '--environment', 'production', '--kubeconfig', 'ci.conf'];
const GITLAB = ['--project', 'group/site', '--environment', 'production', '--gitlab-url', 'https://127.0.0.1:1'];
const STORED = ['--kubeconfig', 'ci.conf', '--file', 'new.conf'];

/** A command line that ends at the first request, or succeeds. */
const USUAL: ReadonlyMap<string, readonly string[]> = new Map([
  ['init', ['--app', 'web', '--dry-run', '--manifest', 'deployment.yml']],
  ['pipeline', ['program.js']],
  ['grant', ['access.yaml', '--kubeconfig', 'ci.conf']],
  ['verify', ['--kubeconfig', 'ci.conf']],
  ['rotate', ['access.yaml', '--kubeconfig', 'ci.conf']],
  ['revoke', ['access.yaml', '--kubeconfig', 'ci.conf']],
  ['kubeconfig', []],
  ['render', ['deployment.yml', '--image', 'registry.example.com/web:1']],
  ['deploy', ['dist', ...RELEASE]],
  ['rollback', RELEASE],
  ['status', RELEASE],
  ['history', RELEASE],
  ['destroy', RELEASE],
]);

const VALUES: ReadonlyMap<string, string> = new Map([
  ['agent', 'infra/agents:production'], ['allow-service-account', 'gitlab-ns1'], ['from', 'saved.json'], ['image-from-controller', 'web'], ['save', 'saved.json'],
  ['take-over-manager', 'kubectl-edit'], ['agent-service-account', 'agents/production'], ['allow-registry', 'registry.example.com'], ['app', 'web'],
  ['audience', 'kubernetes-web'], ['builder', 'docker'], ['ca-file', 'ca.pem'], ['cluster-ca-sha256', 'ab'.repeat(32)], ['container', 'web'], ['context', 'x'],
  ['credential', 'kubeconfig'], ['dotenv', 'deploy.env'], ['duration', '30d'], ['environment', 'production'], ['expect', 'access.yaml'], ['file', 'new.conf'],
  ['format', 'json'], ['gitlab-token-file', 'token'], ['gitlab-url', 'https://127.0.0.1:1'], ['grace', '2h'], ['group', 'group'], ['html', 'report.html'],
  ['id-token-file', '/tmp/id-token'], ['image', 'registry.example.com/web:2'], ['junit', 'report.xml'], ['kubeconfig', 'ci.conf'], ['lock-wait', '1m'],
  ['manifest', 'deployment.yml'], ['namespace', 'ns1'], ['other-namespace', 'kube-public'], ['output', 'json'], ['placeholder', 'IMAGE'], ['project', 'group/site'],
  ['project-id', '42'], ['protected', 'staging'], ['pull-secret', 'gitlab-registry'], ['pull-secret-password-variable', 'CI_DEPLOY_PASSWORD'],
  ['pull-secret-registry', 'registry.example.com'], ['pull-secret-user-variable', 'CI_DEPLOY_USER'], ['server', 'https://127.0.0.1:1'],
  ['service-account', 'gitlab-ns1'], ['shortest', '1d'], ['take-over-from', '1/production/old'], ['target', 'staging=ns2'], ['timeout', '1m'], ['to', '3'],
  ['token-file', 'token'], ['user', 'gitlab'], ['variable', 'KUBECONFIG'], ['variable-type', 'env_var'],
]);

/** Options that are read after the first request, with the tests that show their effect. */
const AFTER_REQUESTS: ReadonlyMap<string, string> = new Map([
  ['init yes', 'test/cli/init/ask-options.test.ts'],
  ...['file', 'check', 'graph', 'project'].map((name) => [`pipeline ${name}`, 'test/cli/commands/pipeline.test.ts'] as const),
  ...['gitlab-url', 'gitlab-token-file'].map((name) => [`pipeline ${name}`, 'test/cli/gitlab/connection-options.test.ts'] as const),
  ['pipeline save', 'test/cli/pipeline/project/check-project.test.ts'],
  ['pipeline ca-file', 'test/cli/credentials/gitlab-options.test.ts'],
  ...['grant', 'rotate', 'revoke'].map((command) => [`${command} yes`, 'test/cli/command-line/confirm.test.ts'] as const),
  ...['grant', 'rotate'].map((command) => [`${command} other-namespace`, 'test/verify.cluster.test.ts'] as const),
  ['grant dry-run', 'test/grant.cluster.test.ts'],
  ...['dry-run', 'no-wait', 'finish'].map((name) => [`rotate ${name}`, 'test/rotate.cluster.test.ts'] as const),
  ...['duration', 'shortest'].map((name) => [`rotate ${name}`, 'test/cli/credentials/credential-options.test.ts'] as const),
  ...['dry-run', 'credential', 'remove-variable'].map((name) => [`revoke ${name}`, 'test/revoke.cluster.test.ts'] as const),
  ['kubeconfig dry-run', 'test/cli/kubeconfig/request-kubeconfig.cluster.test.ts'],
]);

/** Options that `init` asks for together. */
const COMPANIONS = new Map([
  ['credential=agent', ['--agent', 'infra/agents:production', '--agent-service-account', 'agents/production']],
  ['credential=oidc', ['--gitlab-url', 'https://gitlab.example.com', '--project-id', '42', '--server', 'https://203.0.113.1:6443']],
]);

const ALL = [...COMMANDS.values()].map((load) => load());

const EVERY = ALL.flatMap((command) => [...command.options.keys()].map((name) => [command.name, name, command] as const));

/** The words of an option, with a valid value. */
function words(command: Command, condition: string): string[] {
  const [name = '', given] = condition.split('=');
  const value = command.options.get(name)?.takes === undefined ? [] : [given ?? VALUES.get(name) ?? `no value of ${name}`];
  return [`--${name}`, ...value];
}

/** The usual command line with an option, with all that the option needs, and without all that it excludes. */
function commandLine(command: Command, name: string): string[] {
  const option = command.options.get(name);
  const needed = option?.needs?.[0];
  const [neededName = ''] = needed?.split('=') ?? [];
  const excluded = [name, neededName, ...option?.excludes ?? []];
  const excluding = [...command.options].filter(([, { excludes }]) => excludes?.includes(name)).map(([other]) => other);
  const usual = without(baseOf(command, name), command, [...excluded, ...excluding]);
  return [command.name, ...usual, ...words(command, name), ...needed === undefined ? [] : words(command, needed)];
}

function baseOf({ name: command, options }: Command, name: string): readonly string[] {
  const usual = USUAL.get(command) ?? [];
  const { group = '', needs = [] } = options.get(name) ?? {};
  if (command === 'init') return [...usual, ...needs.flatMap((need) => COMPANIONS.get(need) ?? [])];
  if (command === 'kubeconfig') {
    if (name === 'service-account' || needs.join() === 'service-account') return ['--namespace', 'ns1', '--kubeconfig', 'ci.conf', '--service-account', 'gitlab-ns1'];
    return group === 'Source' || needs.length > 1 && name !== 'format' ? ['ci.conf', '--namespace', 'ns1', '--token-file', 'token'] : ['ci.conf'];
  }
  if (!['grant', 'rotate', 'revoke'].includes(command)) return usual;
  if (group === 'GitLab' || command === 'revoke') return [...usual, ...command === 'revoke' && group !== 'GitLab' ? [] : GITLAB];
  return [...usual, ...STORED.slice(2)];
}

function without(argv: readonly string[], command: Command, names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('--') || !names.includes(word.slice(2))) kept.push(word);
    else if (command.options.get(word.slice(2))?.takes !== undefined) index++;
  }
  return kept;
}

/** Runs a command line, and lists the options that the command has read. */
async function run(argv: string[]): Promise<CliResult & { readonly read: ReadonlySet<string> }> {
  const read = new Set<string>();
  const spies = (['has', 'one', 'all', 'choice'] as const).map((method) => {
    const original: (...given: never[]) => unknown = Arguments.prototype[method];
    return jest.spyOn(Arguments.prototype, method).mockImplementation(function (this: Arguments, ...given: unknown[]) {
      read.add(String(given[0]));
      return original.apply(this, given as never[]) as never;
    });
  });
  try {
    return { ...await runCli(argv, { files: FILES, variables: VARIABLES, clock: new FakeClock(0) }), read };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test.each(EVERY.filter(([, , { options }]) => options.size > 0))('%s --%s has a valid value in this table', (_, name, command) => {
  expect(command.options.get(name)?.takes === undefined || command.options.get(name)?.isOperand === true || VALUES.has(name)).toBe(true);
});

const READ_AT_ONCE = EVERY.filter(([command, name, { options }]) => options.get(name)?.isOperand !== true && !AFTER_REQUESTS.has(`${command} ${name}`));

describe.each(READ_AT_ONCE)('%s --%s', (_, name, command) => {
  test('is read by the command', async () => {
    const argv = commandLine(command, name);
    const { stderr, read } = await run(argv);

    expect({ argv, isRead: read.has(name) }).toEqual({ argv, isRead: true });
    expect(stderr).not.toMatch(/it has no effect without|it cannot be combined with|unknown option/);
  });
});

test.each([...AFTER_REQUESTS])('the effect of %s is shown in %s', (commandAndOption, file) => {
  expect(readFileSync(join(__dirname, '..', '..', '..', file), 'utf8').includes(`--${commandAndOption.split(' ')[1]}`)).toBe(true);
});

const RULES = EVERY.flatMap(([, name, command]) => [
  ...(command.options.get(name)?.excludes ?? []).map((other) => ({ command, name, other, isNeeded: false })),
  ...command.options.get(name)?.needs ? [{ command, name, other: '', isNeeded: true }] : [],
]);

test.each(RULES.map(({ command, name, other, isNeeded }) => [`${command.name} --${name}`, isNeeded ? 'alone' : `with ${optionOf(other)}`, { command, name, other }] as const))(
  '%s is refused %s', (_, __, { command, name, other }) => {
    const argv = [...command.operands.length === 0 ? [] : ['operand'], ...words(command, name), ...other === '' ? [] : words(command, other)];
    const expected = other === '' ? `--${name}: it has no effect without --` : `--${name}: it cannot be combined with ${optionOf(other)},`;

    expect(() => parseArguments(argv, command)).toThrow(expected);
  });

const NAMESPACED = ['verify', 'deploy', 'rollback', 'status', 'history', 'destroy'];

test.each(NAMESPACED.flatMap((name) => [[name, '--namespace', 'ns2'], [name, '-n', 'staging']]))('%s refuses a credential of another namespace than %s %s', async (name, option, namespace) => {
  const { code, stderr } = await run([name, ...USUAL.get(name) ?? [], option, namespace]);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `cdk8s-ci-deploy: ci.conf: --namespace: "${namespace}", expected "ns1", the namespace of the credential; `
    + 'remove --namespace, or use the credential of that namespace; with --context, --namespace replaces the namespace of the context\n',
  });
});

test.each(NAMESPACED.filter((name) => name !== 'verify'))('%s uses the namespace of --namespace with --context', async (name) => {
  const { code, stderr } = await run([name, ...USUAL.get(name) ?? [], '--context', 'x', '-n', 'ns2', '--debug']);

  expect([code, stderr]).toEqual([4, expect.stringContaining('/namespaces/ns2/')]);
});

test.each(ALL.map((command) => [command.name, command] as const))('the help of %s names every variable that the command reads', async (name, command) => {
  const read = new Set<string>();
  const recorded = (variables: Record<string, string>) => new Proxy(variables, {
    get: (target, key) => (read.add(String(key)), target[String(key)]),
    ownKeys: () => [],
  });
  const lines = [...command.options.keys()].filter((option) => !['take-over-from', 'itself'].includes(option)).map((option) => commandLine(command, option));
  const usual = [name, ...USUAL.get(name) ?? []];
  await runCli(usual, { files: FILES, variables: recorded({}), clock: new FakeClock(0) });
  for (const argv of [usual, ...lines]) {
    await runCli(argv, { files: FILES, variables: recorded(name === 'pipeline' ? {} : VARIABLES), clock: new FakeClock(0) });
  }

  const named = commandHelp(command).split(/[^\w]+/);
  expect([...read].map((variable) => variable.replace(/^(?:https?|all|no)_proxy$/, (proxy) => proxy.toUpperCase())).filter((variable) => !named.includes(variable))).toEqual([]);
}, 120_000);

test.each([['--server', 'https://127.0.0.1:1'], ['--duration', '30d'], ['--other-namespace', 'ns9'], ['--file', 'new.conf']])(
  'grant refuses %s for a subject that has no token', async (...option) => {
    const access = ACCESS.replace(/^apiVersion: v1[^]*?---\n/m, '').replace(/kind: ServiceAccount, name: gitlab-ns1, namespace: ns1/, 'kind: User, name: jane, apiGroup: rbac.authorization.k8s.io');
    const { code, stderr } = await runCli(['grant', 'access.yaml', '--kubeconfig', 'ci.conf', ...option], { files: { ...FILES, 'access.yaml': access } });

    expect([code, stderr]).toEqual([2, expect.stringMatching(new RegExp(`^cdk8s-ci-deploy: ${option[0]}: .* has no token that could be stored`))]);
  });

test.each([['--duration', '30d'], ['--shortest', '1d']])('grant refuses %s for a token that never expires', async (...option) => {
  const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: { name: token, namespace: ns1, annotations: { kubernetes.io/service-account.name: gitlab-ns1 } }\ntype: kubernetes.io/service-account-token\n';
  const { code, stderr } = await runCli(['grant', 'access.yaml', '--kubeconfig', 'ci.conf', '--file', 'new.conf', ...option], { files: { ...FILES, 'access.yaml': ACCESS + secret } });

  expect([code, stderr]).toEqual([2, expect.stringContaining(`${option[0]}: the token of Secret token in access.yaml never expires`)]);
});

test.each([['--compromised', '--project', 'group/site'], ['--compromised', '--environment', 'production']])('revoke refuses %s %s without --remove-variable', async (...option) => {
  expect((await runCli(['revoke', 'access.yaml', '--kubeconfig', 'ci.conf', ...option], { files: FILES })).stderr).toMatch(/it has no effect with --compromised without --remove-variable/);
});

test.each([['--unprotected'], ['--variable-type', 'file']])('revoke refuses %s, which does not select a variable', async (...option) => {
  const { code, stderr } = await runCli(['revoke', 'access.yaml', ...GITLAB, ...option], { files: FILES });

  expect([code, stderr]).toEqual([2, expect.stringMatching(/there is no such option on purpose: revoke finds the variables by --variable and --environment/)]);
});

test('init refuses a placeholder without a manifest', async () => {
  expect((await runCli(['init', '--app', 'web', '--placeholder', 'X'], { files: { 'a.txt': '' } })).stderr).toMatch(/^cdk8s-ci-deploy: --placeholder: there is no manifest, expected --manifest/);
});

test.each([['--token-file', 'token'], ['--id-token-file', '/tmp/id-token']])('kubeconfig writes no file with --dry-run and %s', async (...option) => {
  const { code, stderr } = await runCli(['kubeconfig', 'ci.conf', '--namespace', 'ns1', ...option, '--dry-run', '--file', 'out.conf'], { files: FILES });

  expect([code, stderr]).toEqual([2, expect.stringMatching(/--dry-run: it has no effect without --service-account/)]);
});
