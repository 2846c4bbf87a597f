import { PodSecurityOptions } from './pod-security';
import { CiImage } from '../image/ci-image';

/**
 * What is deployed. Everything has a default; a port is what most applications give.
 */
export interface CiDeploymentProps extends PodSecurityOptions {
  /**
   * Where the image comes from.
   *
   * @default CiImage.fromGitlab()
   */
  readonly image?: CiImage;

  /**
   * The name of the Deployment and of the Service, and the label `app.kubernetes.io/name`.
   *
   * @default - the construct id
   */
  readonly name?: string;

  /**
   * The name of the container.
   *
   * @default - the name of the Deployment
   */
  readonly containerName?: string;

  /**
   * The port on which the application listens. With it come probes: the pod has five minutes until the port accepts connections,
   * then it is ready and alive while the port does.
   *
   * @default - no port and no probes
   */
  readonly port?: number;

  /**
   * The path that answers a GET request with a status from 200 to 399 while the application is well. Needs `port`.
   *
   * @default - probes open a connection only
   */
  readonly healthPath?: string;

  /**
   * The port of a Service in front of the pods. Needs `port`.
   *
   * @default - no Service
   */
  readonly servicePort?: number;

  /**
   * The number of pods.
   *
   * @default - not written, so that an autoscaler's number stays; Kubernetes starts with 1
   */
  readonly replicas?: number;

  /**
   * The program to run in place of the image's entry point. It is not run in a shell.
   *
   * @default - the entry point of the image
   */
  readonly command?: string[];

  /**
   * The arguments of the program.
   *
   * @default - the command of the image
   */
  readonly args?: string[];

  /**
   * Environment variables of the container. Never secrets: they can be read in the manifests.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * ConfigMaps whose keys become environment variables.
   *
   * @default - none
   */
  readonly envFromConfigMaps?: string[];

  /**
   * Secrets whose keys become environment variables.
   *
   * @default - none
   */
  readonly envFromSecrets?: string[];

  /**
   * Secrets of the namespace that open the registry.
   *
   * @default - those of the pod's ServiceAccount
   */
  readonly imagePullSecrets?: string[];

  /**
   * The ServiceAccount that the pods run as.
   *
   * @default - the `default` one of the namespace
   */
  readonly serviceAccountName?: string;

  /**
   * The CPU that is set aside for a pod, as a quantity.
   *
   * @default '50m'
   */
  readonly cpuRequest?: string;

  /**
   * The CPU that a pod may use, as a quantity.
   *
   * @default - no limit
   */
  readonly cpuLimit?: string;

  /**
   * The memory that is set aside for a pod, as a quantity.
   *
   * @default '64Mi'
   */
  readonly memoryRequest?: string;

  /**
   * The memory at which a pod is killed, as a quantity.
   *
   * @default - no limit
   */
  readonly memoryLimit?: string;

  /**
   * The labels by which the Deployment and its Service find their pods. They cannot be changed later, only by a new Deployment:
   * give those of the existing one to take it over.
   *
   * @default - `app.kubernetes.io/name` with the name
   */
  readonly selector?: { [key: string]: string };

  /**
   * Labels of Deployment, Service and pods.
   *
   * @default - none besides `app.kubernetes.io/name`
   */
  readonly labels?: { [key: string]: string };

  /**
   * The name of the GitLab environment that is deployed to, so that GitLab finds the pods (annotation `app.gitlab.com/env`).
   *
   * @default - CI_ENVIRONMENT_SLUG, or no annotation where the job has no environment
   */
  readonly environment?: string;

  /**
   * The slug of the GitLab project's path, so that GitLab finds the pods (annotation `app.gitlab.com/app`).
   *
   * @default - CI_PROJECT_PATH_SLUG, or no annotation outside CI
   */
  readonly projectSlug?: string;

  /**
   * The commit that is deployed, for people who look at the Deployment.
   *
   * @default - CI_COMMIT_SHA, or no annotation outside CI
   */
  readonly commit?: string;

  /**
   * The CI/CD variables behind the defaults above, where the process' own cannot be set in time (see `CiImage`).
   *
   * @default - the variables of the process
   */
  readonly ciVariables?: { [name: string]: string };
}
