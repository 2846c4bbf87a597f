/**
 * What every generated job lets its user choose.
 */
export interface JobOptions {
  /**
   * The name of the job; where there is one for each environment, what goes before `-<environment>`.
   *
   * @default - what the job does: `build`, `container`, `synth`, `deploy-<environment>`
   */
  readonly name?: string;

  /**
   * The image that the job runs in. Name a version or a digest: a builder that moves is a builder that someone else changes.
   *
   * @default - a version that was current when this library was released
   */
  readonly image?: string;

  /**
   * The tags of the runners that may take the job.
   *
   * @default - any runner that takes jobs without tags
   */
  readonly tags?: string[];

  /**
   * Jobs of your own that must have succeeded before.
   *
   * @default - only those of this library whose result it takes
   */
  readonly needs?: string[];

  /**
   * CI/CD variables of the job. They are not secret: they stand in the file. One that the job has already is refused.
   *
   * @default - none but the job's own
   */
  readonly variables?: { [name: string]: string };

  /**
   * How long the job may take, as GitLab reads it: `30 minutes`.
   *
   * @default - the project's; 40 minutes for jobs that deploy
   */
  readonly timeout?: string;

  /**
   * Keywords of GitLab that have no option here, as GitLab reads them: `{ retry: 1 }`. One that the job has already is refused.
   *
   * @default - none
   * @see https://docs.gitlab.com/ci/yaml/
   */
  readonly raw?: { [keyword: string]: any };
}
