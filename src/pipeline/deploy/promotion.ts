import { userError, show } from '../../base/user-error';
import { implies } from '../jobs/rule-values';
import type { Target } from '../targets/target';

/**
 * The target that the same image must have been deployed to before.
 */
export interface Promotion {
  readonly target: Target;
  /** Whether there are pipelines that deploy to the later one alone. */
  readonly isOptional: boolean;
}

/**
 * The one before it in the list, or the one that it names. Review apps are outside of that.
 */
export function promotion(targets: readonly Target[], target: Target): Promotion | undefined {
  if (target.isReview) return undefined;
  const standing = targets.filter(({ isReview }) => !isReview);
  const before = target.after === undefined ? standing[standing.indexOf(target) - 1] : named(standing, target, target.after);
  return before && { target: before, isOptional: !implies(target.rule, before.rule) };
}

function named(standing: readonly Target[], target: Target, name: string): Target {
  const found = standing.find(({ environment }) => environment === name);
  if (found && found !== target) return found;
  throw userError({
    at: `target ${target.environment}`,
    given: `it comes after ${show(name)}`,
    expected: standing.filter((other) => other !== target).map(({ environment }) => environment).join(', ') || 'another target',
    fix: 'name one of the targets',
  });
}
