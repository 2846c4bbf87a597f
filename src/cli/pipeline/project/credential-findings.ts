import { suppliesOf, Supply } from './credential-source';
import { Finding, listed, variableName } from './finding';
import { asScope, given, mayBeFor } from './precedence';
import type { OwnedVariable, ProjectVariables } from './project-variables';
import { show } from '../../../base/user-error';
import type { PipelineModel } from '../../../pipeline/model/pipeline-model';

/**
 * What is wrong with the variables that hold credentials.
 */
export function credentialFindings(model: PipelineModel, project: ProjectVariables): Finding[] {
  const supplies = suppliesOf(model, project);
  const used = [...new Set(supplies.flatMap(({ variable }) => variable ?? []))];
  return [
    ...supplies.flatMap((supply) => supplyFindings(supply, project)),
    ...used.flatMap((variable) => [...masking(variable, supplies, project), ...width(variable, supplies, model, project)]),
    ...strays(project, supplies),
  ];
}

function supplyFindings(supply: Supply, { unseen }: ProjectVariables): Finding[] {
  const { key, environment, variable, withheld, protected: isProtected } = supply;
  const at = `variable ${key} for environment ${show(asScope(environment))}`;
  if (variable === undefined && withheld !== undefined) {
    return [{ severity: 'failure', at, found: 'it is protected, so jobs of merge requests do not get it', expected: 'one that is not', fix: fixOf(supply) }];
  }
  if (variable === undefined) {
    const isKnown = unseen.length === 0;
    const found = isKnown ? 'it is missing' : 'it is missing in the project, and not every group could be looked at';
    return [{ severity: isKnown ? 'failure' : 'warning', at, found, expected: SORTS[supply.source], fix: fixOf(supply) }];
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

/** What a variable holds. */
const SORTS = { variable: 'a credential', gitlab: 'a project or group access token with the role Maintainer and the scope api' };

function fixOf({ source, environment, review }: Supply): string {
  if (source === 'gitlab') return 'make one in GitLab, and store it masked and protected';
  // Rotation has an environment beside those of merge requests.
  const scope = review ? asScope(environment).replace(/[^/]*$/, '*') : asScope(environment);
  return `run cdk8s-ci-deploy grant with --environment ${show(scope)}${review ? ' --unprotected' : ''}`;
}

/** The token alone is masked by a variable of its own, since GitLab masks exact values only. */
function masking(variable: OwnedVariable, supplies: readonly Supply[], { variables }: ProjectVariables): Finding[] {
  const isKubeconfig = supplies.some((supply) => supply.variable === variable && supply.source === 'variable');
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

/** Who else gets a credential. */
function width(variable: OwnedVariable, supplies: readonly Supply[], { jobs }: PipelineModel, { variables }: ProjectVariables): Finding[] {
  const served = supplies.filter((supply) => supply.variable === variable);
  const ofNamespaces = served.filter(({ source, namespace }) => source === 'variable' && namespace !== undefined);
  // Jobs of the same environment cannot be kept apart.
  const environments = new Set<string | undefined>(served.map(({ environment }) => environment));
  const others = jobs.filter((job) => !environments.has(job.environment) && given(variable.key, job.environment, variables) === variable);
  const at = variableName(variable);
  const fix = 'store one for each environment, and remove it';
  const isSevere = served.some((supply) => supply.protected || supply.source === 'gitlab');
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

/** Credentials that no job asks for. Those of groups may be for other projects. */
function strays({ variables }: ProjectVariables, supplies: readonly Supply[]): Finding[] {
  const keys = new Set(supplies.filter(({ source }) => source === 'variable').map(({ key }) => key));
  const environments = [...new Set(supplies.map(({ environment }) => environment))];
  return variables
    .filter(({ key, isOfProject }) => isOfProject && keys.has(key))
    .filter(({ environmentScope }) => !environments.some((environment) => mayBeFor(environmentScope, environment)))
    .map((variable) => ({
      severity: 'warning',
      at: variableName(variable),
      found: 'no environment of the pipeline matches',
      expected: listed(environments.map((environment) => show(asScope(environment)))),
      fix: 'correct the scope, or end the credential with cdk8s-ci-deploy revoke',
    }));
}
