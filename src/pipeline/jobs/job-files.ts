/**
 * The folder that one pipeline passes from job to job as an artifact.
 * Its name has the pipeline's id, because a reused working copy may still have the files of an older pipeline.
 */
export const PIPELINE_FOLDER = 'dist/$CI_PIPELINE_ID';

/** Node always runs a `.cjs` file as CommonJS. It would fail on a `.js` file below a package.json with `"type": "module"`. */
const COMMAND_PATH = `${PIPELINE_FOLDER}/cdk8s-ci-deploy.cjs`;

/** The command in the pipeline's folder, as one word of the shell. */
export const COMMAND_FILE = `"${COMMAND_PATH}"`;

/** Copies the command from node_modules to the pipeline's folder. */
export const COPY_COMMAND = `cp node_modules/cdk8s-ci-deploy/lib/cli/main.js ${COMMAND_FILE}`;

/**
 * Ends the job unless the command has the SHA-256 that is in the committed pipeline. After an update of this package it has another one.
 */
export function checkCommand(sha256: string): string {
  return `echo "${sha256}  ${COMMAND_PATH}" | sha256sum -c - || { echo '${OTHER_COMMAND}' >&2; exit 1; }`;
}

const OTHER_COMMAND = 'cdk8s-ci-deploy is not the version of this pipeline. Run "npx cdk8s-ci-deploy pipeline" and commit the file. '
  + 'With a component, set its input command-sha256.';

/** The comment above a script that runs the command. */
export const COMMAND_COMMENT = 'Check the command\'s SHA-256 before it gets the credential.';

/**
 * A folder for the secret files of one job. It is outside the checkout, so no artifact and no cache contains it.
 * Its name is fixed, because `after_script` runs in another shell and must find it.
 */
export const JOB_FOLDER = '/tmp/cdk8s-ci-deploy-$CI_JOB_ID';

/** Makes the job's folder. An existing folder may belong to another user, so it ends the job. */
export const MAKE_JOB_FOLDER = `mkdir -m 0700 "${JOB_FOLDER}"`;

/** Removes the job's folder. It belongs in `after_script`, which also runs after a failure. */
export const REMOVE_JOB_FOLDER = `rm -rf "${JOB_FOLDER}"`;
