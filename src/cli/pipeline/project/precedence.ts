import type { OwnedVariable } from './project-variables';
import { scopesOverlap } from '../../../gitlab/environments';

/** A reference to a variable in the name of an environment. */
const REFERENCE = /\$(?:\w+|\{\w+\})/g;

/**
 * Whether all environments of a name get a variable of a scope. A job without an environment gets those for every environment only.
 *
 * @param environment As in the pipeline's file: variables in it may have any value.
 */
export function isFor(scope: string, environment: string | undefined): boolean {
  // No scope has a zero byte in it, so only a "*" stands for what the variable will be.
  return environment === undefined ? scope === '*' : scopesOverlap(scope, environment.replace(REFERENCE, '\0'));
}

/**
 * Whether some environments of a name get it.
 */
export function mayBeFor(scope: string, environment: string): boolean {
  return scopesOverlap(scope, asScope(environment));
}

/**
 * The scope of all environments of a name.
 */
export function asScope(environment: string): string {
  return environment.replace(REFERENCE, '*');
}

/**
 * The one of several variables of a key that a job gets: of the nearest owner, the one whose scope is the very name of its environment, else one that matches,
 * else that for every environment (app/models/concerns/has_environment_scope.rb in github.com/gitlabhq/gitlabhq).
 *
 * @param variables Of the nearest owner first.
 */
export function given(key: string, environment: string | undefined, variables: readonly OwnedVariable[]): OwnedVariable | undefined {
  const candidates = variables.filter((variable) => variable.key === key && isFor(variable.environmentScope, environment));
  const nearest = candidates.filter(({ owner }) => owner === candidates[0]?.owner);
  const rank = ({ environmentScope: scope }: OwnedVariable) => (scope === '*' ? 2 : scope.includes('*') ? 1 : 0);
  return [...nearest].sort((one, other) => rank(one) - rank(other))[0];
}
