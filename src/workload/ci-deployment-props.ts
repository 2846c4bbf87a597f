import { PodSecurityOptions } from './pod-security';
import { userError, show } from '../base/user-error';
import { CiImage } from '../image/ci-image';
import { checkLabels, dns1035Label, dns1123Label, dns1123Subdomain, envVarName, labelValue, NameRule, similarName } from '../kubernetes/names';
import { quantityRule } from '../kubernetes/quantity';

/**
 * The application. All props have defaults; most applications set `port`.
 */
export interface CiDeploymentProps extends PodSecurityOptions {
  /**
   * The source of the image.
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
   * The port on which the application listens. It adds probes: the application has five minutes until the port accepts connections.
   * After that, the pod is ready and alive while the port accepts them.
   *
   * @default - no port and no probes
   */
  readonly port?: number;

  /**
   * The path of the probes' GET requests. A healthy application answers with a status from 200 to 399. Requires `port`.
   *
   * @default - the probes only open a connection
   */
  readonly healthPath?: string;

  /**
   * The port of the Service. Requires `port`.
   *
   * @default - no Service
   */
  readonly servicePort?: number;

  /**
   * The number of pods. An error beside an autoscaler of the same program, which sets the number itself.
   *
   * @default - not in the manifest, so that an autoscaler can set it; Kubernetes starts with 1
   */
  readonly replicas?: number;

  /**
   * The program to run in place of the image's entry point. No shell interprets it.
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
   * Environment variables of the container. Do not pass secrets: the manifests contain the values.
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
   * Secrets of the namespace with credentials of the registry.
   *
   * @default - those of the pod's ServiceAccount
   */
  readonly imagePullSecrets?: string[];

  /**
   * The ServiceAccount of the pods.
   *
   * @default - the ServiceAccount `default` of the namespace
   */
  readonly serviceAccountName?: string;

  /**
   * The CPU that a pod requests, as a quantity: `100m` is a tenth of a core.
   *
   * @default '50m'
   */
  readonly cpuRequest?: string;

  /**
   * The CPU limit of a pod, as a quantity.
   *
   * @default - no limit
   */
  readonly cpuLimit?: string;

  /**
   * The memory that a pod requests, as a quantity: `64Mi`.
   *
   * @default '64Mi'
   */
  readonly memoryRequest?: string;

  /**
   * The memory limit of a pod, as a quantity. Kubernetes kills a container that exceeds it.
   *
   * @default - no limit
   */
  readonly memoryLimit?: string;

  /**
   * The labels by which the Deployment and its Service select their pods. Kubernetes does not allow a later change.
   * To take over an existing Deployment, pass its selector.
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
   * The name of the GitLab environment. GitLab finds the pods by the annotation `app.gitlab.com/env`.
   *
   * @default - CI_ENVIRONMENT_SLUG, or no annotation in a job without environment
   */
  readonly environment?: string;

  /**
   * The slug of the GitLab project's path. GitLab finds the pods by the annotation `app.gitlab.com/app`.
   *
   * @default - CI_PROJECT_PATH_SLUG, or no annotation outside CI
   */
  readonly projectSlug?: string;

  /**
   * The commit of the release. It becomes an annotation, for people.
   *
   * @default - CI_COMMIT_SHA, or no annotation outside CI
   */
  readonly commit?: string;

  /**
   * The CI/CD variables for the defaults above. See `EnvironmentImageOptions` for when to pass them.
   *
   * @default - the variables of the process
   */
  readonly ciVariables?: { [name: string]: string };
}

/**
 * Checks the props.
 *
 * @throws When Kubernetes would refuse a value, or accept it and never run the pods.
 *
 * @param at The construct path.
 * @param name The name of the Deployment.
 */
export function checkDeployment(at: string, name: string, props: CiDeploymentProps): void {
  const check = (prop: string, value: string | undefined, rule: NameRule, remark = '') => {
    const expected = value === undefined ? undefined : rule(value);
    const similar = rule === quantityRule ? '' : similarName(value, rule);
    if (expected) throw userError({ at, given: `${prop}${remark} is ${show(value)}`, expected, fix: `change ${prop}${similar}` });
  };
  const checkNumber = (prop: string, value: number | undefined, lowest: number, highest: number) => {
    if (value === undefined || (Number.isInteger(value) && value >= lowest && value <= highest)) return;
    throw userError({ at, given: `${prop} is ${show(value)}`, expected: `a whole number from ${lowest} to ${highest}`, fix: `change ${prop}` });
  };
  const each = (prop: string, values: string[] | undefined, rule: NameRule) => values?.forEach((value) => check(prop, value, rule));

  check('name', name, dns1123Subdomain);
  check('name', name, labelValue, ', which becomes a label,');
  check('containerName', props.containerName ?? name, dns1123Label);
  if (props.servicePort !== undefined) check('name', name, dns1035Label, ', which is also the name of the Service,');
  check('serviceAccountName', props.serviceAccountName, dns1123Subdomain);
  check('healthPath', props.healthPath, absolutePath);
  each('writablePaths', props.writablePaths, absolutePath);
  each('imagePullSecrets', props.imagePullSecrets, dns1123Subdomain);
  each('envFromConfigMaps', props.envFromConfigMaps, dns1123Subdomain);
  each('envFromSecrets', props.envFromSecrets, dns1123Subdomain);
  each('a name in env', Object.keys(props.env ?? {}), envVarName);
  each('addCapabilities', props.addCapabilities, capability);
  checkLabels(at, 'label', props.labels);
  checkLabels(at, 'selector', props.selector);
  check('cpuRequest', props.cpuRequest, quantityRule);
  check('cpuLimit', props.cpuLimit, quantityRule);
  check('memoryRequest', props.memoryRequest, quantityRule);
  check('memoryLimit', props.memoryLimit, quantityRule);
  checkNumber('port', props.port, 1, 65_535);
  checkNumber('servicePort', props.servicePort, 1, 65_535);
  checkNumber('replicas', props.replicas, 0, 2_147_483_647);
  checkNumber('runAsUser', props.runAsUser, 0, 2_147_483_647);
  checkNumber('runAsGroup', props.runAsGroup, 0, 2_147_483_647);
  checkNumber('fsGroup', props.fsGroup, 0, 2_147_483_647);
  checkTogether(at, props);
}

const absolutePath: NameRule = (value) => (/^\/[^\0]*$/.test(value) && !value.includes('..') ? undefined : 'an absolute path');

const capability: NameRule = (value) =>
  /^[A-Z][A-Z_]*$/.test(value) && !value.startsWith('CAP_') ? undefined : 'a capability such as "NET_BIND_SERVICE", without "CAP_"';

function checkTogether(at: string, props: CiDeploymentProps): void {
  const fail = (given: string, expected: string, fix: string) => { throw userError({ at, given, expected, fix }); };
  if (props.port === undefined && props.servicePort !== undefined) fail('servicePort is given without port', 'both', 'set port to the port on which the application listens');
  if (props.port === undefined && props.healthPath !== undefined) fail('healthPath is given without port', 'both', 'set port to the port on which the application listens');
  if (props.selector && Object.keys(props.selector).length === 0) fail('selector is empty', 'at least one label', 'leave it out, or pass the selector of the existing Deployment');
  if (props.runAsUser === 0 && (props.runAsNonRoot ?? true)) fail('runAsUser is 0', 'another user while runAsNonRoot is true', 'choose another user such as 1000, or set runAsNonRoot: false and accept its risk');
}
