import { CredentialSource, credentialSources } from './credential-source';
import { asScope, effectiveVariable, matchesSome, OwnedVariable, ProjectVariables } from './project-variables';
import { show } from '../../../base/user-error';
import type { HeldCredential } from '../../../pipeline/jobs/job';
import type { JobModel, PipelineModel } from '../../../pipeline/model/pipeline-model';

/**
 * A difference between a project and the expectations of its pipeline.
 */
export interface Finding {
  /** A failure fails the check: a job would not work, or another job gets a credential. */
  readonly severity: 'failure' | 'warning' | 'note';
  /** The variable. */
  readonly at: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * A finding on one line.
 */
export function findingText({ severity, at, found, expected, fix }: Finding): string {
  return `${severity}: ${at}: ${found}, expected ${expected}; ${fix}\n`;
}

/**
 * The variables of a project that do not match a pipeline, failures first.
 */
export function findingsOf(model: PipelineModel, project: ProjectVariables): Finding[] {
  const all = [...overridden(model, project), ...credentialFindings(model, project)];
  return (['failure', 'warning', 'note'] as const).flatMap((severity) => all.filter((finding) => finding.severity === severity));
}

/** `variable IMAGE of project "example-group/site" for every environment`. */
function variableName({ key, owner, environmentScope }: OwnedVariable): string {
  return `variable ${key} of ${owner} for ${environmentScope === '*' ? 'every environment' : `environment ${show(environmentScope)}`}`;
}

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A variable of a project or a group overrides those of dotenv reports and of an agent, and id_tokens. */
function overridden({ jobs }: PipelineModel, { variables }: ProjectVariables): Finding[] {
  const jobsOf = new Map<OwnedVariable, Map<string, JobModel[]>>();
  const note = (variable: OwnedVariable | undefined, what: string, job: JobModel) => {
    if (variable === undefined) return;
    const its = jobsOf.get(variable) ?? new Map<string, JobModel[]>();
    jobsOf.set(variable, its.set(what, [...its.get(what) ?? [], job]));
  };
  for (const job of jobs) {
    for (const key of job.takes) note(effectiveVariable(key, job.environment, variables), `the dotenv variable of ${givers(key, jobs)}`, job);
    for (const credential of job.holds.filter(({ source }) => source === 'agent' || source === 'id_token')) {
      note(effectiveVariable(credential.variable, job.environment, variables), sourceText(credential), job);
    }
  }
  return [...jobsOf].flatMap(([variable, its]) => [...its].map(([what, losers]): Finding => ({
    severity: 'failure',
    at: variableName(variable),
    found: `it overrides ${what} in ${listed(losers.map(({ name }) => show(name)))}`,
    expected: 'no such variable',
    fix: 'remove it, or set another variable name in the pipeline',
  })));
}

function givers(key: string, jobs: readonly JobModel[]): string {
  return listed(jobs.filter(({ gives }) => gives.includes(key)).map(({ name }) => show(name))) || 'another job';
}

function sourceText({ source, kind }: HeldCredential): string {
  return source === 'agent' ? `the variable of the ${kind}` : `the ${kind}`;
}

function credentialFindings(model: PipelineModel, project: ProjectVariables): Finding[] {
  const sources = credentialSources(model, project);
  const used = [...new Set(sources.flatMap(({ variable }) => variable ?? []))];
  return [
    ...sources.flatMap((source) => sourceFindings(source, project)),
    ...used.flatMap((variable) => [...unmasked(variable, sources, project), ...tooWide(variable, sources, model, project)]),
    ...unused(project, sources),
  ];
}

function sourceFindings(source: CredentialSource, { unseen }: ProjectVariables): Finding[] {
  const { key, environment, variable, withheld, protected: isProtected } = source;
  const at = `variable ${key} for environment ${show(asScope(environment))}`;
  if (variable === undefined && withheld !== undefined) {
    return [{ severity: 'failure', at, found: 'it is protected, so jobs of merge requests do not get it', expected: 'an unprotected variable', fix: grantHint(source) }];
  }
  if (variable === undefined) {
    const isKnown = unseen.length === 0;
    const found = isKnown ? 'it is missing' : 'it is missing in the project, and the token may not read the variables of every group';
    return [{ severity: isKnown ? 'failure' : 'warning', at, found, expected: EXPECTED[source.source], fix: grantHint(source) }];
  }
  if (isProtected && !variable.protected) {
    return [{
      severity: 'failure',
      at: variableName(variable),
      found: `it is not protected, and environment ${show(environment)} is`,
      expected: 'a protected variable, which jobs of other refs do not get',
      fix: 'protect it in the settings of GitLab',
    }];
  }
  return [];
}

const EXPECTED = { variable: 'a credential', gitlab: 'a project or group access token with the role Maintainer and the scope api' };

function grantHint({ source, environment, review }: CredentialSource): string {
  if (source === 'gitlab') return `create one in GitLab, and store it masked, protected and with the environment scope ${show(asScope(environment))}`;
  // Rotation of review apps has an environment beside those of merge requests.
  const scope = review ? asScope(environment).replace(/[^/]*$/, '*') : asScope(environment);
  return `run cdk8s-ci-deploy grant with --environment ${show(scope)}${review ? ' --unprotected' : ''}`;
}

/** GitLab masks exact values only, so the token alone is a second variable. */
function unmasked(variable: OwnedVariable, sources: readonly CredentialSource[], { variables }: ProjectVariables): Finding[] {
  const isKubeconfig = sources.some((source) => source.variable === variable && source.source === 'variable');
  const tokenKey = `${variable.key}_TOKEN`;
  const token = variables.find((other) => (
    other.key === tokenKey && other.owner === variable.owner && other.environmentScope === variable.environmentScope));
  const fix = isKubeconfig ? 'remove it, and let cdk8s-ci-deploy grant store a new one' : 'revoke it, and store a new one masked';
  const open = [variable, ...token ? [token] : []].filter(({ masked }) => !masked);
  return [
    ...open.map((one): Finding => ({ severity: 'failure', at: variableName(one), found: 'it is not masked', expected: 'a masked variable', fix })),
    ...token !== undefined || !isKubeconfig ? [] : [{
      severity: 'warning' as const,
      at: variableName(variable),
      found: `there is no ${tokenKey} beside it, so logs do not mask the token in it`,
      expected: 'the token alone as a masked variable',
      fix: 'let cdk8s-ci-deploy grant or rotate store both',
    }],
  ];
}

/** One variable must not serve two namespaces, and jobs of other environments must not get it. */
function tooWide(variable: OwnedVariable, sources: readonly CredentialSource[], { jobs }: PipelineModel, { variables }: ProjectVariables): Finding[] {
  const served = sources.filter((source) => source.variable === variable);
  const ofNamespaces = served.filter(({ source, namespace }) => source === 'variable' && namespace !== undefined);
  // GitLab cannot separate jobs of the same environment.
  const environments = new Set<string | undefined>(served.map(({ environment }) => environment));
  const others = jobs.filter((job) => !environments.has(job.environment) && effectiveVariable(variable.key, job.environment, variables) === variable);
  const at = variableName(variable);
  const fix = 'store one for each environment, and remove it';
  const isSevere = served.some((source) => source.protected || source.source === 'gitlab');
  return [
    ...ofNamespaces.length < 2 ? [] : [{
      severity: 'failure' as const,
      at,
      found: `it is the credential of ${listed(ofNamespaces.map(({ environment, namespace }) => `${show(asScope(environment))} (namespace ${show(namespace)})`))}`,
      expected: 'one for each namespace',
      fix,
    }],
    ...others.length === 0 ? [] : [{
      severity: isSevere ? 'failure' as const : 'warning' as const,
      at,
      found: `${listed(others.map(({ name }) => show(name)))} ${others.length === 1 ? 'gets' : 'get'} the credential, too`,
      expected: `a scope for ${listed(served.map(({ environment }) => show(asScope(environment))))} alone`,
      fix,
    }],
  ];
}

/** Credentials that no job uses. Those of groups may be for other projects. */
function unused({ variables }: ProjectVariables, sources: readonly CredentialSource[]): Finding[] {
  const keys = new Set(sources.filter(({ source }) => source === 'variable').map(({ key }) => key));
  const environments = [...new Set(sources.map(({ environment }) => environment))];
  return variables
    .filter(({ key, isOfProject }) => isOfProject && keys.has(key))
    .filter(({ environmentScope }) => !environments.some((environment) => matchesSome(environmentScope, environment)))
    .map((variable) => ({
      severity: 'warning',
      at: variableName(variable),
      found: 'its scope matches no environment of the pipeline',
      expected: listed(environments.map((environment) => show(asScope(environment)))),
      fix: 'change the scope in GitLab, or end the credential with cdk8s-ci-deploy revoke',
    }));
}
