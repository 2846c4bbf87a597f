/**
 * The CI/CD variables of a job: the synth job of pipeline 4711 in project group/site, after a push to the default branch.
 * IMAGE and IMAGE_PIPELINE_ID come from the dotenv report of the image job, job 12345.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export const gitlabJob = Object.freeze({
  CI: 'true',
  GITLAB_CI: 'true',
  CI_SERVER_URL: 'https://gitlab.example.com',
  CI_PROJECT_ID: '42',
  CI_PROJECT_PATH: 'group/site',
  CI_PROJECT_PATH_SLUG: 'group-site',
  CI_DEFAULT_BRANCH: 'main',
  CI_COMMIT_BRANCH: 'main',
  CI_COMMIT_REF_NAME: 'main',
  CI_COMMIT_REF_SLUG: 'main',
  CI_COMMIT_REF_PROTECTED: 'true',
  CI_COMMIT_SHA: '1ecfd275763eff1d6b4844ea3168962458c9f27a',
  CI_COMMIT_SHORT_SHA: '1ecfd275',
  CI_PIPELINE_ID: '4711',
  CI_PIPELINE_IID: '93',
  CI_PIPELINE_SOURCE: 'push',
  CI_JOB_ID: '12346',
  CI_JOB_NAME: 'synth',
  CI_JOB_STAGE: 'synth',
  CI_REGISTRY: 'registry.example.com',
  CI_REGISTRY_IMAGE: 'registry.example.com/group/site',
  IMAGE: 'registry.example.com/group/site:1ecfd275-4711-12345',
  IMAGE_PIPELINE_ID: '4711',
});
