import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AGENT, answersOf, OIDC } from './examples';
import { parseArguments } from '../../../src/cli/command-line/arguments';
import type { Context } from '../../../src/cli/command-line/command';
import { init } from '../../../src/cli/commands/init';
import type { Answers } from '../../../src/cli/init/answers';
import { askOptions } from '../../../src/cli/init/ask-options';
import { Files } from '../../../src/cli/io/files';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ask-options-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Terminal {
  readonly lines?: string[];
  readonly variables?: Record<string, string>;
}

/** The answers, and the questions at the terminal. */
async function ask(argv: string[], { lines, variables = {} }: Terminal = {}): Promise<{ answers: Answers; questions: string }> {
  let questions = '';
  const stdin = Object.assign(Readable.from([Buffer.from((lines ?? []).map((line) => `${line}\n`).join(''))]), { isTTY: lines !== undefined });
  const stderr = { write: (text: string) => questions += text };
  const context = { args: parseArguments(argv, init), files: new Files({ cwd: folder, stdin }), variables, cwd: folder, stderr };
  return { answers: await askOptions(context as unknown as Context), questions };
}

const APP = ['--app', 'web'];

test('it uses the defaults without a terminal', async () => {
  expect(await ask(APP)).toEqual({ answers: { ...answersOf(), project: undefined }, questions: '' });
});

test.each<[string, string[], Partial<Answers>]>([
  ['targets and protection', ['--target', 'a=web-a', '--target', 'b=web-b', '--protected', 'a'], {
    targets: [{ environment: 'a', namespace: 'web-a', protectedRefsOnly: true }, { environment: 'b', namespace: 'web-b', protectedRefsOnly: false }],
  }],
  ['the project', ['--project', 'group/site'], { project: 'group/site' }],
  ['a prebuilt image', ['--builder', 'prebuilt', '--image', 'registry.example.com/web:1'], { builder: { kind: 'prebuilt', reference: 'registry.example.com/web:1' } }],
  ['an agent', ['--credential', 'agent', '--agent', 'infra/agents:production', '--agent-service-account', 'gitlab-agent/production'], { credential: AGENT }],
  ['an id_token', ['--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--project-id', '42', '--server', 'https://203.0.113.1:6443'],
    { credential: OIDC }],
])('it takes %s from options', async (_, argv, expected) => {
  expect((await ask([...APP, ...argv])).answers).toEqual({ ...answersOf(), project: undefined, ...expected });
});

test('it takes the project and its id from variables of a job', async () => {
  const variables = { CI_PROJECT_PATH: 'group/site', CI_PROJECT_ID: '42' };
  const { answers } = await ask([...APP, '--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--server', 'https://203.0.113.1:6443'], { variables });

  expect(answers).toMatchObject({ project: 'group/site', credential: { projectId: 42 } });
});

describe('at a terminal', () => {
  test('it asks for the options of the agent', async () => {
    const { answers, questions } = await ask(APP, { lines: ['', 'group/site', 'docker', 'agent', 'infra/agents:production', 'gitlab-agent/production'] });

    expect(answers).toEqual(answersOf({ project: 'group/site', builder: { kind: 'docker' }, credential: AGENT }));
    expect(questions).toBe([
      'environments and their namespaces, in the order of promotion [staging=web-staging,production=web]: ',
      'the path of the project in GitLab: ',
      'the builder of the image (buildah, docker, prebuilt) [buildah]: ',
      'the credential of deploy jobs (kubeconfig, agent, oidc) [kubeconfig]: ',
      'the agent, as <path of its project>:<name>: ',
      'the ServiceAccount of the agent, as <namespace>/<name>: ',
    ].join(''));
  });

  test('it repeats a question after an invalid answer', async () => {
    const { answers, questions } = await ask(APP, { lines: ['', 'site', 'group/site', '', ''] });

    expect(answers.project).toBe('group/site');
    expect(questions).toContain('--project: it is "site", expected the full path of a project; use a value such as example-group/site\n');
  });

  test('it asks nothing with --yes', async () => {
    expect((await ask([...APP, '--project', 'group/site', '--yes'], { lines: [] })).questions).toBe('');
  });
});

test.each<[string, string[], string]>([
  ['a repeated environment', ['--target', 'a=x', '--target', 'a=y'], '"a=y" shares its environment or its namespace with another target, expected an environment and a namespace for each '
    + 'target; use another name, such as --target a-2=y'],
  ['an unknown credential', ['--credential', 'password'], '--credential: "password", expected kubeconfig, agent, oidc; use kubeconfig, the default, or another of them'],
  ['a ServiceAccount without a namespace', ['--credential', 'agent', '--agent', 'a/b:c', '--agent-service-account', 'x'],
    '--agent-service-account: "x", expected <namespace>/<name>; list them with `kubectl get serviceaccounts -A`'],
  ['an id that is not a number', ['--credential', 'oidc', '--gitlab-url', 'https://a.example', '--project-id', 'x'], '--project-id: "x", expected a number; copy the project ID'],
  ['an address of GitLab without TLS', ['--credential', 'oidc', '--gitlab-url', 'http://a.example'], '; use a value such as https://gitlab.example.com'],
])('it rejects %s', async (_, argv, message) => {
  await expect(ask([...APP, ...argv])).rejects.toThrow(message);
});

test.each([['My Shop', 'my-shop'], ['2nd_Site', 'nd-site'], ['---', 'my-app']])('it suggests a valid name for the application %j', async (app, suggestion) => {
  await expect(ask([`--app=${app}`])).rejects.toThrow(`; use a value such as ${suggestion}`);
});
