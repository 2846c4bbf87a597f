import { Finding, listed, variableName } from './finding';
import { asScope, given, mayBeFor } from './precedence';
import type { OwnedVariable, ProjectVariables } from './project-variables';
import { show } from '../../../private/invalid-input';
import type { JobModel, PipelineModel, TargetModel } from '../../../private/pipeline/model/pipeline-model';

/** What one target gets its credential from. */
interface Supply {
  readonly key: string;
  readonly target: TargetModel;
  /** What its jobs get, if they get any. */
  readonly variable?: OwnedVariable;
  /** What they would get if it were not protected. */
  readonly withheld?: OwnedVariable;
}

/**
 * What is wrong with the variables that hold credentials of targets.
 */
export function credentialFindings(model: PipelineModel, project: ProjectVariables): Finding[] {
  const supplies = suppliesOf(model, project);
  const used = [...new Set(supplies.flatMap(({ variable }) => variable ?? []))];
  return [
    ...supplies.flatMap((supply) => supplyFindings(supply, project)),
    ...used.flatMap((variable) => [...masking(variable, project), ...width(variable, supplies, model, project)]),
    ...strays(model, project, supplies),
  ];
}

function suppliesOf({ jobs, targets }: PipelineModel, { variables }: ProjectVariables): Supply[] {
  return targets.flatMap((target) => {
    const holders = jobs.filter(({ environment }) => environment === target.environment);
    const keys = new Set(holders.flatMap(({ holds }) => holds.filter(({ source }) => source === 'variable').map(({ variable }) => variable)));
    return [...keys].map((key) => {
      // Jobs of merge requests get none that are protected.
      const open = target.review ? variables.filter((variable) => !variable.protected) : variables;
      return { key, target, variable: given(key, target.environment, open), withheld: given(key, target.environment, variables) };
    });
  });
}

function supplyFindings(supply: Supply, { unseen }: ProjectVariables): Finding[] {
  const { key, target, variable, withheld } = supply;
  const at = `variable ${key} for environment ${show(asScope(target.environment))}`;
  if (variable === undefined && withheld !== undefined) {
    return [{ severity: 'failure', at, found: 'it is protected, so jobs of merge requests do not get it', expected: 'one that is not', fix: grantText(target) }];
  }
  if (variable === undefined) {
    const isKnown = unseen.length === 0;
    const found = isKnown ? 'it is missing' : 'it is missing in the project, and not every group could be looked at';
    return [{ severity: isKnown ? 'failure' : 'warning', at, found, expected: 'a credential', fix: grantText(target) }];
  }
  if (target.protected && !variable.protected) {
    return [{
      severity: 'failure',
      at: variableName(variable),
      found: `it is not protected, and environment ${show(target.environment)} is`,
      expected: 'a protected variable, which jobs of other refs do not get',
      fix: 'protect it in the settings of GitLab',
    }];
  }
  return [];
}

function grantText({ environment, review }: TargetModel): string {
  return `run cdk8s-ci-deploy grant with --environment ${show(asScope(environment))}${review ? ' --unprotected' : ''}`;
}

/** The token alone is masked by a variable of its own, since GitLab masks exact values only. */
function masking(variable: OwnedVariable, { variables }: ProjectVariables): Finding[] {
  const tokenKey = `${variable.key}_TOKEN`;
  const token = variables.find((other) => (
    other.key === tokenKey && other.owner === variable.owner && other.environmentScope === variable.environmentScope));
  const fix = 'remove it, and let cdk8s-ci-deploy grant store a new one';
  const open = [variable, ...token ? [token] : []].filter(({ masked }) => !masked);
  return [
    ...open.map((one): Finding => ({ severity: 'failure', at: variableName(one), found: 'it is not masked', expected: 'a masked variable', fix })),
    ...token ? [] : [{
      severity: 'warning' as const,
      at: variableName(variable),
      found: `there is no ${tokenKey} beside it, so logs do not mask the token in it`,
      expected: 'the token alone as a masked variable',
      fix: 'let cdk8s-ci-deploy grant or rotate store both',
    }],
  ];
}

/** Who else gets a credential. */
function width(variable: OwnedVariable, supplies: readonly Supply[], { jobs }: PipelineModel, { variables }: ProjectVariables): Finding[] {
  const served = supplies.filter((supply) => supply.variable === variable).map(({ target }) => target);
  const others = jobs.filter((job) => !holdsIt(job, variable) && given(variable.key, job.environment, variables) === variable);
  const at = variableName(variable);
  const fix = 'store one for each environment, and remove it';
  const isSevere = served.some((target) => target.protected);
  return [
    ...served.length < 2 ? [] : [{
      severity: 'failure' as const,
      at,
      found: `it is the credential of ${listed(served.map(({ environment, namespace }) => `${show(asScope(environment))} (namespace ${show(namespace)})`))}`,
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

function holdsIt({ holds }: JobModel, { key }: OwnedVariable): boolean {
  return holds.some(({ variable, source }) => variable === key && source === 'variable');
}

/** Credentials that no job asks for. Those of groups may be for other projects. */
function strays({ targets }: PipelineModel, { variables }: ProjectVariables, supplies: readonly Supply[]): Finding[] {
  const keys = new Set(supplies.map(({ key }) => key));
  return variables
    .filter(({ key, isOfProject }) => isOfProject && keys.has(key))
    .filter(({ environmentScope }) => !targets.some(({ environment }) => mayBeFor(environmentScope, environment)))
    .map((variable) => ({
      severity: 'warning',
      at: variableName(variable),
      found: 'no environment of the pipeline matches',
      expected: listed(targets.map(({ environment }) => show(asScope(environment)))),
      fix: 'correct the scope, or end the credential with cdk8s-ci-deploy revoke',
    }));
}
