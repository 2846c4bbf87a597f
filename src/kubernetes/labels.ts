import { labelValue, NameRule, qualifiedName } from './names';
import { Problem, userError, show } from '../base/user-error';

/**
 * What Kubernetes would refuse of labels.
 *
 * @param at The construct path.
 * @param what Names one of them in errors: `label`, `selector`.
 */
export function labelProblems(at: string, what: string, labels: unknown): Problem[] {
  return entryProblems(at, what, labels, qualifiedName, labelValue);
}

/**
 * Refuses labels that Kubernetes would refuse.
 */
export function checkLabels(at: string, what: string, labels: { [key: string]: string } | undefined): void {
  const [problem] = labelProblems(at, what, labels);
  if (problem) throw userError(problem);
}

/**
 * What is wrong with the keys and values of a map.
 */
export function entryProblems(at: string, what: string, map: unknown, keyRule: NameRule, valueRule: NameRule): Problem[] {
  return Object.entries(map ?? {}).flatMap(([key, value]) => [
    ...textProblems(at, `the key of ${what} ${show(key)}`, key, keyRule),
    ...textProblems(at, `${what} ${show(key)}`, value, valueRule),
  ]);
}

/**
 * What is wrong with a value that must be a text after a rule.
 */
export function textProblems(at: string, what: string, value: unknown, rule: NameRule): Problem[] {
  const expected = typeof value === 'string' ? rule(value) : 'a text';
  return expected ? [{ at, given: `${what} is ${show(value)}`, expected, fix: 'change it' }] : [];
}
