import { HeldCredential } from '../../../src/pipeline/jobs/job';
import { JobModel, PipelineModel, TargetModel } from '../../../src/pipeline/model/pipeline-model';

export const KUBECONFIG: HeldCredential = { variable: 'KUBECONFIG', kind: 'masked variable', source: 'variable' };
export const AGENT: HeldCredential = { variable: 'KUBECONFIG', kind: 'GitLab agent group/infra:prod', source: 'agent' };
export const ID_TOKEN: HeldCredential = { variable: 'KUBE_ID_TOKEN', kind: 'id_token for cluster-1', source: 'id_token' };

export const STAGING: TargetModel = { environment: 'staging', namespace: 'example-staging', protected: false, review: false };
export const PRODUCTION: TargetModel = { environment: 'production', namespace: 'example', protected: true, review: false };
export const REVIEW: TargetModel = { environment: 'review/mr-$CI_MERGE_REQUEST_IID', namespace: 'example-review', protected: false, review: true };

/** A job without needs, rules and credentials. */
export function jobModel(name: string, stage: string, more: Partial<JobModel> = {}): JobModel {
  return { name, stage, action: 'deploys', manual: false, protected: false, artifacts: [], gives: [], takes: [], holds: [], ...more };
}

/** A pipeline that builds one image, synthesizes, and deploys to each target in turn. */
export function pipelineModel(targets: readonly TargetModel[] = [STAGING, PRODUCTION], credential: HeldCredential = KUBECONFIG): PipelineModel {
  const image = ['IMAGE', 'IMAGE_PIPELINE_ID'];
  return {
    app: 'web',
    variable: 'IMAGE',
    stages: ['build', 'image', 'synth', 'deploy'],
    targets,
    jobs: [
      jobModel('build', 'build', { artifacts: ['public'] }),
      jobModel('container', 'image', { needs: [{ job: 'build', artifacts: true }], gives: image }),
      jobModel('synth', 'synth', { needs: [{ job: 'container', artifacts: true }], takes: image, artifacts: ['dist/$CI_PIPELINE_ID/'] }),
      ...targets.map((target, index) => deployJob(target, targets[index - 1], credential)),
    ],
  };
}

function deployJob(target: TargetModel, before: TargetModel | undefined, credential: HeldCredential): JobModel {
  const promoted = before === undefined || before.review || target.review ? [] : [{ job: nameOf(before), artifacts: false }];
  return jobModel(nameOf(target), 'deploy', {
    needs: [{ job: 'synth', artifacts: true }, ...promoted],
    environment: target.environment,
    manual: target.protected,
    protected: target.protected,
    holds: [credential],
  });
}

function nameOf({ environment }: TargetModel): string {
  return `deploy-${environment.replace(/[^a-z].*$/, '')}`;
}
