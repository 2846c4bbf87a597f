import { basename } from 'node:path';
import type { Answers, BuilderAnswer, CredentialAnswer, TargetAnswer } from './answers';
import { ask } from './questions';
import { oidcAudience, oidcIssuer } from '../../access/oidc-names';
import { userError, show } from '../../base/user-error';
import { environmentName, environmentSlug } from '../../gitlab/environments';
import { ImageReference } from '../../image/image-reference';
import { dns1035Label, NameRule, checkNamespace } from '../../kubernetes/names';
import type { Context } from '../command-line/command';
import { gitOrigin } from '../gitlab/git-remote';

/**
 * All that has to be known, from options, from whoever sits at the terminal, or from what goes without saying.
 *
 * @param context Whose working directory is the folder of the new project.
 */
export async function gatherAnswers(context: Context): Promise<Answers> {
  const app = await ask(context, {
    option: 'app', text: 'the name of the application', otherwise: appName(context.cwd), parse: checked('--app', dns1035Label),
  });
  return {
    app,
    targets: await targets(context, app),
    project: await projectPath(context),
    builder: await builder(context),
    credential: await credential(context, app),
  };
}

/** What of the folder's name can be one of an application. */
function appName(folder: string): string | undefined {
  const name = environmentSlug(basename(folder));
  return name === basename(folder) ? name : undefined;
}

function checked(at: string, rule: NameRule): (value: string) => string {
  return (value) => {
    const expected = rule(value);
    if (expected === undefined) return value;
    throw userError({ at, given: `it is ${show(value)}`, expected, fix: 'give another one' });
  };
}

async function targets(context: Context, app: string): Promise<TargetAnswer[]> {
  const given = context.args.all('target');
  if (given.length > 0) return parseTargets(given.join(','), context.args.all('protected'));
  return ask(context, {
    option: 'target',
    text: 'environments and their namespaces, in the order of promotion',
    otherwise: `staging=${app}-staging,production=${app}`,
    parse: (answer) => parseTargets(answer, context.args.all('protected')),
  });
}

/** Without a word about it, what is called production is protected. */
function parseTargets(text: string, isProtected: string[]): TargetAnswer[] {
  const protectedNames = isProtected.length > 0 ? isProtected : ['production'];
  const parsed = text.split(',').map((target) => parseTarget(target.trim(), protectedNames));
  const unknown = isProtected.find((name) => !parsed.some(({ environment }) => environment === name));
  if (unknown !== undefined) {
    throw userError({ at: '--protected', given: show(unknown), expected: 'one of the targets', fix: 'name its environment' });
  }
  for (const [index, { environment, namespace }] of parsed.entries()) {
    const before = parsed.slice(0, index);
    if (before.some((other) => other.environment === environment || other.namespace === namespace)) {
      throw userError({ at: '--target', given: `${show(`${environment}=${namespace}`)} shares its environment or its namespace with another one`, expected: 'both of its own', fix: 'change it' });
    }
  }
  return parsed;
}

function parseTarget(text: string, protectedNames: string[]): TargetAnswer {
  const [environment = '', namespace, ...rest] = text.split('=');
  if (namespace === undefined || rest.length > 0) {
    throw userError({ at: '--target', given: show(text), expected: 'ENVIRONMENT=NAMESPACE', fix: 'write it as production=example' });
  }
  checked('--target', environmentName)(environment);
  checkNamespace('--target', namespace);
  return { environment, namespace, protectedRefsOnly: protectedNames.includes(environment) };
}

async function projectPath(context: Context): Promise<string | undefined> {
  const origin = await gitOrigin(context);
  if (context.args.one('project') === undefined && !context.variables.CI_PROJECT_PATH && !origin && !context.files.stdinIsTerminal) return undefined;
  return ask(context, {
    option: 'project',
    text: 'the path of the project in GitLab',
    otherwise: context.variables.CI_PROJECT_PATH ?? origin?.path,
    parse: checked('--project', (value) => (/^[\w.-]+(?:\/[\w.-]+)+$/.test(value) ? undefined : 'a full path: example-group/site')),
  });
}

function choice<const T extends string>(option: string, choices: readonly T[]): (answer: string) => T {
  return (answer) => {
    const found = choices.find((known) => known === answer);
    if (found !== undefined) return found;
    throw userError({ at: `--${option}`, given: show(answer), expected: choices.join(', '), fix: 'choose one of them' });
  };
}

async function builder(context: Context): Promise<BuilderAnswer> {
  const kind = await ask(context, {
    option: 'builder',
    text: 'who builds the image (buildah, docker, prebuilt)',
    otherwise: 'buildah',
    parse: choice('builder', ['buildah', 'docker', 'prebuilt']),
  });
  if (kind !== 'prebuilt') return { kind };
  const reference = await ask(context, { option: 'image', text: 'the image that is built elsewhere', parse: (text) => ImageReference.parse(text).toString() });
  return { kind, reference };
}

async function credential(context: Context, app: string): Promise<CredentialAnswer> {
  const kind = await ask(context, {
    option: 'credential',
    text: 'what deploy jobs reach the cluster with (kubeconfig, agent, oidc)',
    otherwise: 'kubeconfig',
    parse: choice('credential', ['kubeconfig', 'agent', 'oidc']),
  });
  if (kind === 'agent') return agent(context);
  return kind === 'oidc' ? oidc(context, app) : { kind };
}

async function agent(context: Context): Promise<CredentialAnswer> {
  return {
    kind: 'agent',
    agent: await ask(context, {
      option: 'agent',
      text: 'the agent, as <path of its project>:<name>',
      parse: checked('--agent', (value) => (/^[\w./-]+:[a-z0-9-]+$/.test(value) ? undefined : 'the path of its project, ":" and its name: infra/agents:production')),
    }),
    serviceAccount: await ask(context, {
      option: 'agent-service-account', text: 'the ServiceAccount that the agent runs as, as <namespace>/<name>', parse: parseServiceAccount,
    }),
  };
}

function parseServiceAccount(text: string): { namespace: string; name: string } {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw userError({ at: '--agent-service-account', given: show(text), expected: '<namespace>/<name>', fix: 'ask whoever installed the agent' });
}

async function oidc(context: Context, app: string): Promise<CredentialAnswer> {
  const caFile = context.args.one('ca-file');
  return {
    kind: 'oidc',
    issuer: await ask(context, {
      option: 'gitlab-url', text: 'the address of GitLab, which signs the tokens', otherwise: (await gitOrigin(context))?.server.origin, parse: checked('--gitlab-url', oidcIssuer),
    }),
    projectId: await ask(context, { option: 'project-id', text: 'the id of the project in GitLab', otherwise: context.variables.CI_PROJECT_ID, parse: parseId }),
    audience: await ask(context, {
      option: 'audience', text: 'the audience that the API server expects', otherwise: `kubernetes-${app}`, parse: checked('--audience', oidcAudience),
    }),
    server: await ask(context, { option: 'server', text: 'the address of the API server', parse: checked('--server', (url) => (/^https:\/\/[^@?#]+$/.test(url) ? undefined : 'an https address')) }),
    certificateAuthorityData: caFile === undefined ? undefined : (await context.files.read(caFile)).toString('base64'),
  };
}

function parseId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw userError({ at: '--project-id', given: show(text), expected: 'a number', fix: 'take it from the page of the project' });
}
