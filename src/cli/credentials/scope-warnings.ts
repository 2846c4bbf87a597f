import { show } from '../../base/user-error';
import { scopesOverlap } from '../../gitlab/environments';
import type { GitlabVariable } from '../gitlab/gitlab';

/**
 * What other variables of the same key mean for jobs. GitLab gives a job the one whose scope is the very name of its environment,
 * else one whose scope matches it, else that of scope `*` (app/models/concerns/has_environment_scope.rb).
 */
export function scopeWarnings(key: string, scope: string, others: readonly GitlabVariable[]): string[] {
  return others
    .filter((other) => other.key === key && other.environmentScope !== scope && scopesOverlap(scope, other.environmentScope))
    .map((other) => `${key} is there for environment ${show(other.environmentScope)} too: ${winner(scope, other.environmentScope)}`);
}

/**
 * Whether a scope is wider than one environment, in words.
 */
export function widthWarnings(scope: string): string[] {
  if (scope === '*') return ['environment "*": every job gets the credential, also one without an environment'];
  return scope.includes('*') ? [`environment ${show(scope)}: the jobs of every environment that matches get the credential`] : [];
}

function winner(scope: string, other: string): string {
  if (!scope.includes('*')) return `jobs of ${show(scope)} get this one, those of others that match get that one`;
  if (!other.includes('*')) return `jobs of ${show(other)} get that one`;
  if (scope === '*') return 'jobs of an environment that matches get that one';
  return other === '*' ? 'jobs of an environment that matches get this one' : 'where both match, GitLab does not say which one a job gets';
}
