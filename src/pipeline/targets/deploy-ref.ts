import type { Rule } from '../jobs/job';
import { literal, pattern } from '../jobs/rule-values';

/**
 * For which refs of the repository a target is deployed to.
 */
export class DeployRef {
  /**
   * The default branch.
   */
  public static defaultBranch(): DeployRef {
    return new DeployRef('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH');
  }

  /**
   * One branch by its name.
   *
   * @param name The branch.
   */
  public static branch(name: string): DeployRef {
    return new DeployRef(`$CI_COMMIT_BRANCH == ${literal(name)}`);
  }

  /**
   * Tags.
   *
   * @param expression What the name of the tag must match, in RE2's syntax, without the slashes: `^v\d+\.\d+\.\d+$`. All tags by default.
   */
  public static tag(expression: string = ''): DeployRef {
    return new DeployRef(expression === '' ? '$CI_COMMIT_TAG' : `$CI_COMMIT_TAG =~ ${pattern(expression)}`);
  }

  private constructor(private readonly condition: string) {}

  /**
   * @param onlyProtected Whether GitLab must protect the ref.
   *
   * @internal
   */
  public _rule(onlyProtected: boolean): Rule {
    return { if: onlyProtected ? `${this.condition} && $CI_COMMIT_REF_PROTECTED == "true"` : this.condition };
  }
}
