import type { PipelineCheck } from './checked-pipeline';
import { Problem, show } from '../../base/user-error';
import { dns1123Label } from '../../kubernetes/names';
import { longestApp, type Target } from '../targets/target';

const LONGEST_ENVIRONMENT = 255;

/**
 * The names that go into scripts, folders and the cluster, by grammar. They are narrower than GitLab's: no spaces and no variables.
 */
export const checkNames: PipelineCheck = ({ app, targets }) => {
  const longest = longestApp(targets);
  const isApp = dns1123Label(app) === undefined && app.length <= longest;
  const expected = `a DNS label of at most ${longest} lower-case letters, digits and "-"`;
  return [
    ...isApp ? [] : [{ at: 'app', given: `it is ${show(app)}`, expected, fix: 'name it as the program does that synthesizes it' }],
    ...targets.flatMap(folderProblems),
  ];
};

function folderProblems({ folder }: Target): Problem[] {
  const isName = folder.length <= LONGEST_ENVIRONMENT && folder.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part));
  return isName ? [] : [{
    at: `target ${show(folder)}`,
    given: `its environment is ${show(folder)}`,
    expected: 'letters, digits, "_", "-" and ".", in parts with "/" between them',
    fix: 'choose such a name: the manifests are in a folder of that name',
  }];
}

/**
 * Whether there is a place to deploy to, and each has its own environment, folder and namespace.
 */
export const checkTargets: PipelineCheck = ({ targets }) => {
  if (targets.length === 0) return [{ at: 'targets', given: 'there are none', expected: 'at least one', fix: 'add a DeployTarget' }];
  return targets.flatMap((target, index) => targets.slice(0, index).flatMap((before) => shared(before, target)));
};

function shared(before: Target, target: Target): Problem[] {
  return [
    ...before.namespace === target.namespace ? [sharedNamespace(before, target)] : [],
    ...sharedFolder(before, target),
  ];
}

function sharedFolder(before: Target, target: Target): Problem[] {
  const at = `target ${target.folder}`;
  const fix = 'give one of them another name';
  if (before.environment === target.environment) return [{ at, given: 'another target has that environment', expected: 'an environment of its own', fix }];
  const [outer, inner] = [before.folder, target.folder].sort((one, other) => one.length - other.length) as [string, string];
  if (!`${inner}/`.startsWith(`${outer}/`)) return [];
  return [{ at, given: `the folders ${show(outer)} and ${show(inner)} lie in one another`, expected: 'a folder for each target', fix }];
}

function sharedNamespace(before: Target, target: Target): Problem {
  const isReview = before.isReview || target.isReview;
  return {
    at: `target ${target.folder}`,
    given: `its namespace ${show(target.namespace)} is that of target ${before.folder}`,
    expected: isReview ? 'a namespace for review apps only, since everyone who may open a merge request deploys there' : 'a namespace for each target',
    fix: 'give it another one, with a credential of its own',
  };
}

/**
 * Whether the image goes from target to target in the order of the list. Review apps are outside of that.
 */
export const checkPromotion: PipelineCheck = ({ targets }) => targets.flatMap(({ folder, after }, index) => {
  const before = targets.slice(0, index).filter(({ isReview }) => !isReview).map(({ environment }) => environment);
  if (after === undefined || before.includes(after)) return [];
  const isBehind = targets.slice(index + 1).some(({ environment, isReview }) => environment === after && !isReview);
  return [{
    at: `target ${folder}`,
    given: `it comes after ${show(after)}${isBehind ? ', which stands behind it' : ''}`,
    expected: before.join(', ') || 'nothing before the first target',
    fix: isBehind ? 'change their order' : 'name one of the targets',
  }];
});
