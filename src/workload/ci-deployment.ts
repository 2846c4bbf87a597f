import { ApiObject, Duration, JsonPatch } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CiDeploymentProps } from './ci-deployment-props';
import { completeDeployment, DeploymentAdditions } from './complete-deployment';
import { configHash } from './config-hash';
import { checkDeployment } from './deployment-checks';
import { WORKLOAD_ANNOTATIONS } from './workload-annotations';
import { kplusModule } from '../base/lazy-kplus';
import { validationErrors } from '../base/user-error';
import { CiVariables, ciVariables } from '../gitlab/ci-variables';
import { environmentSlug } from '../gitlab/environment-slug';
import { CiImage } from '../image/ci-image';
import { configReferences, DeploymentManifest, Resources, StringMap } from '../kubernetes/pod-spec';

/**
 * A Deployment, and on request a Service, of the image that CI built. It satisfies level `restricted` of the Pod Security Standards as it stands.
 *
 * Nothing on the pods changes from pipeline to pipeline but the image: deploying the same image again restarts nothing.
 * Pods are replaced when a ConfigMap or Secret that they use and the same program defines changes its contents.
 *
 * @example
 * import { App } from 'cdk8s';
 * import { CiDeployment, CiImage, NamespacedChart } from 'cdk8s-ci-deploy';
 *
 * const chart = new NamespacedChart(new App(), 'web', { namespace: 'example' });
 * new CiDeployment(chart, 'web', {
 *   image: CiImage.fromGitlab({ local: 'web:dev' }),
 *   port: 8080,
 *   servicePort: 80,
 *   environment: 'production',
 * });
 */
export class CiDeployment extends Construct {
  /**
   * The name of the Deployment.
   */
  public readonly name: string;

  /**
   * The cdk8s-plus Deployment, for what has no prop here. Containers that are added to it are locked in like the first one.
   */
  public readonly deployment: kplus.Deployment;

  /**
   * The Service, if there is one.
   */
  public readonly service?: kplus.Service;

  /**
   * Where the image comes from.
   */
  public readonly image: CiImage;

  private readonly props: CiDeploymentProps;

  /**
   * @param scope The chart, best a `NamespacedChart`.
   * @param id The construct id, and the name unless one is given.
   * @param props What is deployed.
   * @throws When Kubernetes would not accept a value.
   */
  constructor(scope: Construct, id: string, props: CiDeploymentProps = {}) {
    super(scope, id);
    this.name = props.name ?? id;
    checkDeployment(this.node.path, this.name, props);
    this.props = copied(props);
    this.image = props.image ?? CiImage.fromGitlab({ ciVariables: props.ciVariables });
    this.node.addValidation({ validate: () => validationErrors(() => this.image.lookup()) });
    this.deployment = this.defineDeployment();
    this.service = props.servicePort === undefined ? undefined : this.defineService(props.servicePort);
  }

  private get selector(): StringMap {
    return this.props.selector ?? { [NAME_LABEL]: this.name };
  }

  private get labels(): StringMap {
    return { ...this.props.labels, [NAME_LABEL]: this.name };
  }

  private get containerName(): string {
    return this.props.containerName ?? this.name;
  }

  private defineDeployment(): kplus.Deployment {
    const { Deployment, LabelSelector, Pod } = kplusModule();
    const { props } = this;
    const deployment = new Deployment(this, 'Deployment', {
      metadata: { name: this.name, labels: this.labels },
      podMetadata: { labels: { ...this.labels, ...this.selector } },
      select: false,
      automountServiceAccountToken: props.automountServiceAccountToken ?? false,
      serviceAccount: this.serviceAccount(),
      securityContext: { ensureNonRoot: props.runAsNonRoot ?? true, fsGroup: props.fsGroup },
      containers: [this.container()],
    });
    deployment.select(LabelSelector.of({ labels: { ...this.selector } }));
    // What cdk8s-plus selects pods by is a hash of the construct path, which a rename would change.
    deployment.podMetadata.addLabel(Pod.ADDRESS_LABEL, this.name);
    this.mountWritablePaths(deployment);
    this.completeWhenRendered(ApiObject.of(deployment));
    return deployment;
  }

  private container(): kplus.ContainerProps {
    const { props } = this;
    return {
      name: this.containerName,
      // Resolved when rendered; the type of the prop knows no tokens.
      image: this.image as unknown as string,
      command: props.command,
      args: props.args,
      resources: {},
      envVariables: this.envVariables(),
      envFrom: this.envFrom(),
      ...this.probes(),
      securityContext: {
        ensureNonRoot: props.runAsNonRoot ?? true,
        user: props.runAsUser,
        group: props.runAsGroup,
        readOnlyRootFilesystem: props.readOnlyRootFilesystem ?? true,
        allowPrivilegeEscalation: props.allowPrivilegeEscalation ?? false,
        capabilities: { add: props.addCapabilities as kplus.Capability[] | undefined },
      },
    };
  }

  private probes(): Pick<kplus.ContainerProps, 'portNumber' | 'startup' | 'readiness' | 'liveness'> {
    const { port, healthPath } = this.props;
    if (port === undefined) return {};
    const { Probe } = kplusModule();
    const probe = (options: kplus.ProbeOptions) =>
      healthPath === undefined ? Probe.fromTcpSocket({ port, ...options }) : Probe.fromHttpGet(healthPath, { port, ...options });
    // Five minutes to start, noticed within two seconds; only then do the other two count.
    const startup = probe({ periodSeconds: Duration.seconds(2), failureThreshold: 150 });
    return { portNumber: port, startup, readiness: probe({}), liveness: probe({}) };
  }

  private envVariables(): { [name: string]: kplus.EnvValue } {
    const { EnvValue } = kplusModule();
    return Object.fromEntries(Object.entries(this.props.env ?? {}).map(([name, value]) => [name, EnvValue.fromValue(value)]));
  }

  private envFrom(): kplus.EnvFrom[] {
    const { ConfigMap, Env, Secret } = kplusModule();
    const configMaps = (this.props.envFromConfigMaps ?? []).map((name) => Env.fromConfigMap(ConfigMap.fromConfigMapName(this, `ConfigMap-${name}`, name)));
    const secrets = (this.props.envFromSecrets ?? []).map((name) => Env.fromSecret(Secret.fromSecretName(this, `Secret-${name}`, name)));
    return [...configMaps, ...secrets];
  }

  private serviceAccount(): kplus.IServiceAccount | undefined {
    const name = this.props.serviceAccountName;
    return name === undefined ? undefined : kplusModule().ServiceAccount.fromServiceAccountName(this, 'ServiceAccount', name);
  }

  private mountWritablePaths(deployment: kplus.Deployment): void {
    const { Volume } = kplusModule();
    const [container] = deployment.containers;
    for (const path of this.props.writablePaths ?? ['/tmp']) {
      const name = `writable${path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '');
      container?.mount(path, Volume.fromEmptyDir(this, name, name));
    }
  }

  private defineService(servicePort: number): kplus.Service {
    const { Service } = kplusModule();
    const service = new Service(this, 'Service', {
      metadata: { name: this.name, labels: this.labels },
      ports: [{ port: servicePort, targetPort: this.props.port }],
    });
    // Selecting as the Deployment does keeps the pods of a Deployment that is taken over behind the Service during its first rollout.
    for (const [key, value] of Object.entries(this.selector)) service.selectLabel(key, value);
    return service;
  }

  private completeWhenRendered(object: ApiObject): void {
    if (this.props.replicas === undefined) object.addJsonPatch(JsonPatch.remove('/spec/replicas'));
    else object.addJsonPatch(JsonPatch.add('/spec/replicas', this.props.replicas));
    const render = object.toJson.bind(object);
    object.toJson = () => {
      const manifest: DeploymentManifest = render();
      return completeDeployment(manifest, this.additions(manifest));
    };
  }

  private additions(manifest: DeploymentManifest): DeploymentAdditions {
    const { props } = this;
    const variables = ciVariables(props.ciVariables);
    const hash = configHash(this.node.root, manifest.metadata.namespace, configReferences(manifest.spec.template.spec));
    return {
      container: this.containerName,
      resources: resourcesOf(props),
      imagePullSecrets: props.imagePullSecrets ?? [],
      dropAllCapabilities: props.dropAllCapabilities ?? true,
      seccompRuntimeDefault: props.seccompRuntimeDefault ?? true,
      annotations: known({ [GITLAB_APP]: projectSlugOf(props, variables), [GITLAB_ENV]: environmentSlugOf(props, variables) }),
      releaseAnnotations: known({
        [WORKLOAD_ANNOTATIONS.commit]: props.commit ?? variables.CI_COMMIT_SHA,
        [WORKLOAD_ANNOTATIONS.imageSource]: this.image.lookup().source,
      }),
      podAnnotations: known({ [WORKLOAD_ANNOTATIONS.configHash]: hash }),
    };
  }
}

const NAME_LABEL = 'app.kubernetes.io/name';
const GITLAB_APP = 'app.gitlab.com/app';
const GITLAB_ENV = 'app.gitlab.com/env';

// Much is read when rendered, and the lists and maps are the caller's.
function copied(props: CiDeploymentProps): CiDeploymentProps {
  const copy = (value: unknown) => (Array.isArray(value) ? [...value] : value?.constructor === Object ? { ...value } : value);
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, copy(value)]));
}

function projectSlugOf(props: CiDeploymentProps, variables: CiVariables): string | undefined {
  return props.projectSlug ?? variables.CI_PROJECT_PATH_SLUG;
}

// A job that only synthesizes has no environment of its own, so its name is given and its slug made as GitLab does.
// Where the job has it, GitLab's own is better: it is kept from the day the environment was created.
function environmentSlugOf(props: CiDeploymentProps, variables: CiVariables): string | undefined {
  const { environment = variables.CI_ENVIRONMENT_NAME } = props;
  if (environment === variables.CI_ENVIRONMENT_NAME) return variables.CI_ENVIRONMENT_SLUG;
  return environment && environmentSlug(environment);
}

function resourcesOf(props: CiDeploymentProps): Resources {
  const limits = known({ cpu: props.cpuLimit, memory: props.memoryLimit });
  return {
    ...(Object.keys(limits).length > 0 && { limits }),
    requests: { cpu: props.cpuRequest ?? '50m', memory: props.memoryRequest ?? '64Mi' },
  };
}

function known(map: { [key: string]: string | undefined }): StringMap {
  return Object.fromEntries(Object.entries(map).filter((pair): pair is [string, string] => Boolean(pair[1])));
}
