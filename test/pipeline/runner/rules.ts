import type { CiFile, JobDefinition, Rule, Variables, When } from './ci-file';
import { evaluate } from './expression';
import { expand, VariableSources, variablesOfRules } from './variables';

/**
 * What `rules` decide about a job.
 */
export interface Decision {
  readonly when: Exclude<When, 'never'>;
  readonly allowFailure: boolean;
  readonly variables: Variables;
  /** The name of its environment. */
  readonly environment?: string;
}

/**
 * Decides whether and when a job runs. Nothing for a job that is not in the pipeline.
 *
 * @see https://docs.gitlab.com/ci/yaml/#rules and lib/gitlab/ci/build/rules.rb
 */
export function decide(definition: JobDefinition, sources: VariableSources): Decision | undefined {
  const variables = variablesOfRules(definition, sources);
  const rule = matchingRule(definition.rules, variables);
  if (definition.rules && !rule) return undefined;
  const when = rule?.when ?? definition.when;
  if (when === 'never') return undefined;
  // A manual job without rules does not block the pipeline: https://docs.gitlab.com/ci/jobs/job_control/#types-of-manual-jobs
  const allowFailure = rule?.allowFailure ?? definition.allowFailure ?? (when === 'manual' && !definition.rules);
  const values = { ...variables, ...Object.fromEntries(Object.entries(rule?.variables ?? {}).map(([name, { value }]) => [name, value])) };
  const { environment } = definition;
  return { when, allowFailure, variables: rule?.variables ?? {}, environment: environment && expand(environment.name, values) };
}

/**
 * Whether `workflow:rules` allow the pipeline.
 */
export function isAllowed({ workflow, variables }: CiFile, sources: VariableSources): boolean {
  if (!workflow) return true;
  const values = variablesOfRules({ name: '', stage: '', variables } as JobDefinition, sources);
  const rule = matchingRule(workflow, values);
  return rule !== undefined && rule.when !== 'never';
}

function matchingRule(rules: readonly Rule[] | undefined, variables: Readonly<Record<string, string>>): Rule | undefined {
  return rules?.find((rule) => rule.if === undefined || evaluate(rule.if, variables));
}
