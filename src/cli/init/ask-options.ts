import { basename } from 'node:path';
import type { Answers, BuilderAnswer, CredentialAnswer, TargetAnswer } from './answers';
import { oidcAudience, oidcIssuer } from '../../access/oidc-names';
import { UserError, userError, show } from '../../base/user-error';
import { environmentName, environmentSlug } from '../../gitlab/environments';
import { ImageReference } from '../../image/image-reference';
import { dns1035Label, NameRule, checkNamespace } from '../../kubernetes/names';
import type { Context } from '../command-line/command';
import { gitOrigin } from '../gitlab/git-remote';

interface Question<T> {
  /** The option that answers the question. */
  readonly option: string;
  readonly text: string;
  /** The answer when the user just presses Enter, and without an option where no terminal is. */
  readonly defaultAnswer?: string;
  /** @throws A `UserError` for an invalid answer. */
  readonly parse: (answer: string) => T;
}

/**
 * The input of a new project: from options, from the user at a terminal, or from defaults.
 *
 * @param context Its working directory is the folder of the new project.
 * @throws For a wrong value, and for a question without an answer.
 */
export async function askOptions(context: Context): Promise<Answers> {
  const app = await ask(context, {
    option: 'app',
    text: 'the name of the application',
    defaultAnswer: appName(context.cwd),
    parse: (value) => checked('app', value, dns1035Label, suggestedApp(value)),
  });
  return {
    app,
    targets: await askTargets(context, app),
    project: await askProject(context),
    builder: await askBuilder(context),
    credential: await askCredential(context, app),
  };
}

async function ask<T>({ args, files, stderr }: Context, { option, text, defaultAnswer, parse }: Question<T>): Promise<T> {
  const value = args.one(option);
  if (value !== undefined) return parse(value);
  if (!files.stdinIsTerminal || args.has('yes')) return parse(defaultAnswer ?? missing(option, text));
  for (;;) {
    stderr.write(`${text}${defaultAnswer === undefined ? '' : ` [${defaultAnswer}]`}: `);
    const answer = await files.readLine() || defaultAnswer;
    if (answer === undefined) return missing(option, text);
    try {
      return parse(answer);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      stderr.write(`${error.message}\n`);
    }
  }
}

function missing(option: string, text: string): never {
  throw userError({ at: `--${option}`, given: 'it is missing', expected: text, fix: `add --${option}, or answer at a terminal` });
}

function checked(option: string, value: string, rule: NameRule, example: string): string {
  const expected = rule(value);
  if (expected === undefined) return value;
  throw userError({ at: `--${option}`, given: `it is ${show(value)}`, expected, fix: `use a value such as ${example}` });
}

function choice<const T extends string>(option: string, choices: readonly [T, ...T[]]): (answer: string) => T {
  return (answer) => {
    const found = choices.find((known) => known === answer);
    if (found !== undefined) return found;
    throw userError({ at: `--${option}`, given: show(answer), expected: choices.join(', '), fix: `use ${choices[0]}, the default, or another of them` });
  };
}

/** The folder's name, if it is a valid name of an application. */
function appName(folder: string): string | undefined {
  const name = environmentSlug(basename(folder));
  return name === basename(folder) ? name : undefined;
}

function suggestedApp(value: string): string {
  return value.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').slice(0, 63).replace(/-$/, '') || 'my-app';
}

async function askTargets(context: Context, app: string): Promise<TargetAnswer[]> {
  const values = context.args.all('target');
  const protectedNames = context.args.all('protected');
  if (values.length > 0) return parseTargets(values.join(','), protectedNames);
  return ask(context, {
    option: 'target',
    text: 'environments and their namespaces, in the order of promotion',
    defaultAnswer: `staging=${app}-staging,production=${app}`,
    parse: (answer) => parseTargets(answer, protectedNames),
  });
}

/** By default, an environment named production is protected. */
function parseTargets(text: string, given: string[]): TargetAnswer[] {
  const protectedNames = given.length > 0 ? given : ['production'];
  const parsed = text.split(',').map((target) => parseTarget(target.trim(), protectedNames));
  const names = parsed.map(({ environment }) => environment);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw userError({ at: '--protected', given: show(unknown), expected: 'one of the targets', fix: `use ${names.map((name) => `--protected ${name}`).join(' or ')}` });
  }
  for (const [index, { environment, namespace }] of parsed.entries()) {
    const before = parsed.slice(0, index);
    const isEnvironmentTaken = before.some((other) => other.environment === environment);
    const isNamespaceTaken = before.some((other) => other.namespace === namespace);
    if (isEnvironmentTaken || isNamespaceTaken) {
      const free = [isEnvironmentTaken ? `${environment}-${index + 1}` : environment, isNamespaceTaken ? `${namespace}-${index + 1}` : namespace];
      throw userError({
        at: '--target',
        given: `${show(`${environment}=${namespace}`)} shares its environment or its namespace with another target`,
        expected: 'an environment and a namespace for each target',
        fix: `use another name, such as --target ${free.join('=')}`,
      });
    }
  }
  return parsed;
}

function parseTarget(text: string, protectedNames: string[]): TargetAnswer {
  const [environment = '', namespace, ...rest] = text.split('=');
  if (namespace === undefined || rest.length > 0) {
    throw userError({ at: '--target', given: show(text), expected: 'ENVIRONMENT=NAMESPACE', fix: 'use a value such as production=example' });
  }
  checked('target', environment, environmentName, 'production=example');
  checkNamespace('--target', namespace);
  return { environment, namespace, protectedRefsOnly: protectedNames.includes(environment) };
}

async function askProject(context: Context): Promise<string | undefined> {
  const { args, variables: { CI_PROJECT_PATH }, files } = context;
  const origin = await gitOrigin(context);
  if (args.one('project') === undefined && !CI_PROJECT_PATH && !origin && !files.stdinIsTerminal) return undefined;
  const rule: NameRule = (value) => (/^[\w.-]+(?:\/[\w.-]+)+$/.test(value) ? undefined : 'the full path of a project');
  return ask(context, {
    option: 'project',
    text: 'the path of the project in GitLab',
    defaultAnswer: CI_PROJECT_PATH ?? origin?.path,
    parse: (value) => checked('project', value, rule, 'example-group/site'),
  });
}

async function askBuilder(context: Context): Promise<BuilderAnswer> {
  const kind = await ask(context, {
    option: 'builder',
    text: 'the builder of the image (buildah, docker, prebuilt)',
    defaultAnswer: 'buildah',
    parse: choice('builder', ['buildah', 'docker', 'prebuilt']),
  });
  if (kind !== 'prebuilt') return { kind };
  const reference = await ask(context, { option: 'image', text: 'the prebuilt image', parse: (text) => ImageReference.parse(text).toString() });
  return { kind, reference };
}

async function askCredential(context: Context, app: string): Promise<CredentialAnswer> {
  const kind = await ask(context, {
    option: 'credential',
    text: 'the credential of deploy jobs (kubeconfig, agent, oidc)',
    defaultAnswer: 'kubeconfig',
    parse: choice('credential', ['kubeconfig', 'agent', 'oidc']),
  });
  if (kind === 'agent') return askAgent(context);
  return kind === 'oidc' ? askOidc(context, app) : { kind };
}

async function askAgent(context: Context): Promise<CredentialAnswer> {
  const rule: NameRule = (value) => (/^[\w./-]+:[a-z0-9-]+$/.test(value) ? undefined : 'the path of its project, ":" and its name');
  return {
    kind: 'agent',
    agent: await ask(context, {
      option: 'agent', text: 'the agent, as <path of its project>:<name>', parse: (value) => checked('agent', value, rule, 'infra/agents:production'),
    }),
    serviceAccount: await ask(context, {
      option: 'agent-service-account', text: 'the ServiceAccount of the agent, as <namespace>/<name>', parse: parseServiceAccount,
    }),
  };
}

function parseServiceAccount(text: string): { namespace: string; name: string } {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw userError({ at: '--agent-service-account', given: show(text), expected: '<namespace>/<name>', fix: 'list them with `kubectl get serviceaccounts -A`' });
}

async function askOidc(context: Context, app: string): Promise<CredentialAnswer> {
  const { args, files, variables } = context;
  const caFile = args.one('ca-file');
  const httpsAddress: NameRule = (url) => (/^https:\/\/[^@?#]+$/.test(url) ? undefined : 'an https address');
  return {
    kind: 'oidc',
    issuer: await ask(context, {
      option: 'gitlab-url',
      text: 'the address of GitLab, which signs the tokens',
      defaultAnswer: (await gitOrigin(context))?.server.origin,
      parse: (value) => checked('gitlab-url', value, oidcIssuer, 'https://gitlab.example.com'),
    }),
    projectId: await ask(context, { option: 'project-id', text: 'the id of the project in GitLab', defaultAnswer: variables.CI_PROJECT_ID, parse: parseId }),
    audience: await ask(context, {
      option: 'audience',
      text: 'the audience that the API server expects',
      defaultAnswer: `kubernetes-${app}`,
      parse: (value) => checked('audience', value, oidcAudience, `kubernetes-${app}`),
    }),
    server: await ask(context, {
      option: 'server', text: 'the address of the API server', parse: (value) => checked('server', value, httpsAddress, 'https://203.0.113.1:6443'),
    }),
    certificateAuthorityData: caFile === undefined ? undefined : (await files.read(caFile)).toString('base64'),
  };
}

function parseId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw userError({ at: '--project-id', given: show(text), expected: 'a number', fix: 'copy the project ID from the page of the project in GitLab' });
}
