import type { Rule } from '../jobs/job';
import { rulePattern, ruleString } from '../jobs/rules';

/**
 * The branch or tags whose pipelines deploy to a target.
 */
export class DeployRef {
  /**
   * The default branch.
   */
  public static defaultBranch(): DeployRef {
    return new DeployRef('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH');
  }

  /**
   * One branch.
   *
   * @param name The name of the branch.
   */
  public static branch(name: string): DeployRef {
    return new DeployRef(`$CI_COMMIT_BRANCH == ${ruleString(name)}`);
  }

  /**
   * Tags.
   *
   * @param expression A regular expression for the tag, in RE2 syntax and without slashes around it: `^v\d+\.\d+\.\d+$`. The default is all tags.
   */
  public static tag(expression: string = ''): DeployRef {
    return new DeployRef(expression === '' ? '$CI_COMMIT_TAG' : `$CI_COMMIT_TAG =~ ${rulePattern(expression)}`);
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
