/**
 * A folder of one job, for what nobody else may read. It is outside the checkout, so in no artifact and in no cache, and its name is known to
 * `after_script`, which runs in a shell of its own.
 */
export const JOB_FOLDER = '/tmp/cdk8s-ci-deploy-$CI_JOB_ID';

/** Makes it. One that is there already is not ours: the job ends. */
export const MAKE_JOB_FOLDER = `mkdir -m 0700 "${JOB_FOLDER}"`;

/** For `after_script`, which runs whatever became of the script. */
export const REMOVE_JOB_FOLDER = `rm -rf "${JOB_FOLDER}"`;
