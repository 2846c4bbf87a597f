/** What a pipeline hands on from job to job: a folder that no older pipeline has left in a working copy that is used again. */
export const HANDED_ON = 'dist/$CI_PIPELINE_ID';

/** Node runs a `.cjs` file in one way, whatever a package.json beside or above it says; a `.js` file fails below `"type": "module"`. */
const FILE = `${HANDED_ON}/cdk8s-ci-deploy.cjs`;

/** The command in it, one file, as a word of the shell. */
export const COMMAND = `"${FILE}"`;

/** Puts it there. */
export const COPY_COMMAND = `cp node_modules/cdk8s-ci-deploy/lib/cli/main.js ${COMMAND}`;

/** Ends the job unless it is the command that was looked at when the pipeline was committed. */
export function checkCommand(sha256: string): string {
  return `echo "${sha256}  ${FILE}" | sha256sum -c -`;
}

/** For the jobs that run it. */
export const COMMAND_COMMENT = 'What npm has installed cannot stand in for the command that holds the credential: it is the one of this SHA-256, or none.';
