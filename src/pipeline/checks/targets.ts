import type { PipelineCheck } from './checked-pipeline';
import { Problem, show } from '../../base/user-error';
import { dns1123Label } from '../../kubernetes/names';
import { longestApp, type Target } from '../targets/pipeline-plan';

const LONGEST_ENVIRONMENT = 255;

/**
 * The application and the environments have valid names for scripts, folders and the cluster. GitLab also allows spaces and variables in environments.
 */
export const checkTargetNames: PipelineCheck = ({ app, targets }) => {
  const longest = longestApp(targets);
  const isValid = dns1123Label(app) === undefined && app.length <= longest;
  const expected = `a DNS label of at most ${longest} lower-case letters, digits and "-"`;
  return [
    ...isValid ? [] : [{ at: 'app', given: `it is ${show(app)}`, expected, fix: fixOfApp(app, longest) }],
    ...targets.flatMap(environmentProblems),
  ];
};

function fixOfApp(app: string, longest: number): string {
  const label = app.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, longest).replace(/-+$/, '');
  return `use the same valid name here and in the program that synthesizes it, such as ${show(label || 'my-app')}`;
}

function environmentProblems({ folder }: Target): Problem[] {
  const isValid = folder.length <= LONGEST_ENVIRONMENT && folder.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part));
  return isValid ? [] : [{
    at: `target ${show(folder)}`,
    given: `its environment is ${show(folder)}`,
    expected: 'letters, digits, "_", "-" and ".", in parts with "/" between them',
    fix: 'rename it, such as "production" or "eu/production": the folder of its manifests has the same name',
  }];
}

/**
 * There is at least one target, and each has its own environment, folder and namespace.
 */
export const checkOverlaps: PipelineCheck = ({ targets }) => {
  if (targets.length === 0) return [{ at: 'targets', given: 'there are none', expected: 'at least one', fix: 'add a DeployTarget' }];
  return targets.flatMap((target, index) => targets.slice(0, index).flatMap((before) => overlaps(before, target)));
};

function overlaps(before: Target, target: Target): Problem[] {
  return [
    ...before.namespace === target.namespace ? [sharedNamespace(before, target)] : [],
    ...sharedFolder(before, target),
  ];
}

function sharedFolder(before: Target, target: Target): Problem[] {
  const at = `target ${target.folder}`;
  const fix = 'rename one of the environments';
  if (before.environment === target.environment) return [{ at, given: 'another target has that environment', expected: 'an environment of its own', fix }];
  const [outer, inner] = [before.folder, target.folder].sort((one, other) => one.length - other.length) as [string, string];
  if (!`${inner}/`.startsWith(`${outer}/`)) return [];
  return [{ at, given: `the folder ${show(outer)} contains the folder ${show(inner)} of another target`, expected: 'separate folders', fix }];
}

function sharedNamespace(before: Target, target: Target): Problem {
  const isReview = before.isReview || target.isReview;
  return {
    at: `target ${target.folder}`,
    given: `its namespace ${show(target.namespace)} is that of target ${before.folder}`,
    expected: isReview ? 'a namespace for review apps only, because everyone who may open a merge request deploys there' : 'a namespace for each target',
    fix: 'use another namespace, with a credential of its own',
  };
}

/**
 * `after` names a target that comes earlier in the list. Review apps are not part of that order.
 */
export const checkPromotion: PipelineCheck = ({ targets }) => targets.flatMap(({ folder, after }, index) => {
  const before = targets.slice(0, index).filter(({ isReview }) => !isReview).map(({ environment }) => environment);
  if (after === undefined || before.includes(after)) return [];
  const isLater = targets.slice(index + 1).some(({ environment, isReview }) => environment === after && !isReview);
  return [{
    at: `target ${folder}`,
    given: `it comes after ${show(after)}${isLater ? ', which is later in the list' : ''}`,
    expected: before.join(', ') || 'no option after on the first target',
    fix: isLater ? 'change their order' : before.length === 0 ? 'remove after' : 'use one of these environments',
  }];
});
