import { deployment } from '../../cluster/application';
import { Stage } from '../recording/stage';
import { Run } from '../scenario';

/** The options for the application of most scenarios, and for the credential of `deployer`. */
export const WEB = '--app web --environment production --kubeconfig ci.kubeconfig';

/** The options for another application in the same namespace. */
export const SHOP = '--app shop --environment production --kubeconfig ci.kubeconfig';

/** Creates a namespace, and the credential of a deploy job in it. */
export const deployer = async (stage: Stage): Promise<void> => stage.makeDeployer();

/** The variables of a CI job, with the numbers of its pipeline and job. */
export function ciJob(pipelineIid: number, jobId: number, commit = 'a'): Readonly<Record<string, string>> {
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_PROJECT_ID: '42',
    CI_ENVIRONMENT_NAME: 'production',
    CI_PIPELINE_IID: `${pipelineIid}`,
    CI_JOB_ID: `${jobId}`,
    CI_COMMIT_SHA: commit.repeat(40),
    CI_PIPELINE_URL: `https://gitlab.example.com/group/site/-/pipelines/${pipelineIid}`,
    CI_JOB_URL: `https://gitlab.example.com/group/site/-/jobs/${jobId}`,
    CI_REGISTRY_IMAGE: 'registry.example.com',
  };
}

/** The options in a job of `web`, whose environment is in its variables. */
export const IN_CI = '--app web --kubeconfig ci.kubeconfig';

/** Deploys objects before the recorded runs. */
export function deployed(objects: readonly object[], options: Partial<Run> & { readonly as?: string } = {}): Run {
  const { as = WEB, ...run } = options;
  return { files: { 'app.yaml': objects }, command: `deploy app.yaml ${as}`, isGiven: true, ...run };
}

/** Deploys objects, with machine-readable reports. */
export function deploy(objects: readonly object[], more = '', options: Partial<Run> & { readonly as?: string } = {}): Run {
  const { as = WEB, ...run } = options;
  return { files: { 'app.yaml': objects }, command: `deploy app.yaml ${as} ${more === '' ? '' : `${more} `}--output json`, ...run };
}

/** A Deployment whose image cannot be pulled. */
export function broken(name: string): object {
  return deployment(name, { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } });
}

/** A Deployment with an image of the given tag. */
export function version(name: string, tag: string): object {
  return deployment(name, { image: `registry.example.com/web:${tag}` });
}

export function claim(name: string): object {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
}
