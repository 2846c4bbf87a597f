import { ApiObject, Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CiDeploymentProps, checkDeployment } from './ci-deployment-props';
import { completeDeployment, DeploymentAdditions, configHash } from './complete-deployment';
import { kplusModule } from '../base/lazy-modules';
import { show, userError, validationErrors } from '../base/user-error';
import { CiVariables, ciVariables } from '../gitlab/ci-variables';
import { environmentSlug } from '../gitlab/environments';
import { CiImage } from '../image/ci-image';
import { isAutoscaler, scaleTargetOf } from '../kubernetes/autoscaling';
import { configReferences, DeploymentManifest, Resources, StringMap } from '../kubernetes/pod-spec';
import { WORKLOAD_ANNOTATIONS } from '../release/release-names';

/**
 * A Deployment of the image that CI built, with an optional Service. By default, it satisfies level `restricted` of the Pod Security Standards.
 *
 * Only the image changes in the pods from pipeline to pipeline, so deploying the same image again restarts nothing.
 * Pods restart when the program changes a ConfigMap or Secret that they use.
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
   * The cdk8s-plus Deployment, for settings without a prop here. Containers that you add to it are hardened as well.
   */
  public readonly deployment: kplus.Deployment;

  /**
   * The Service, when there is one.
   */
  public readonly service?: kplus.Service;

  /**
   * The source of the image.
   */
  public readonly image: CiImage;

  private readonly props: CiDeploymentProps;

  /**
   * @param scope The chart, preferably a `NamespacedChart`.
   * @param id The construct id, and by default the name.
   * @param props The application.
   * @throws When Kubernetes would refuse a value.
   */
  constructor(scope: Construct, id: string, props: CiDeploymentProps = {}) {
    super(scope, id);
    this.name = props.name ?? id;
    checkDeployment(this.node.path, this.name, props);
    this.props = copied(props);
    this.image = props.image ?? CiImage.fromGitlab({ ciVariables: props.ciVariables });
    this.node.addValidation({ validate: () => validationErrors(() => this.image.lookup()) });
    this.node.addValidation({ validate: () => validationErrors(() => this.checkReplicas()) });
    this.deployment = this.defineDeployment();
    this.service = props.servicePort === undefined ? undefined : this.defineService(props.servicePort);
  }

  /** Each deploy would reset the number of the autoscaler. With 0 replicas, the autoscaler is paused, as in cdk8s-plus. */
  private checkReplicas(): void {
    const { replicas } = this.props;
    const deployment = ApiObject.of(this.deployment);
    const autoscaler = replicas ? autoscalerOf(deployment) : undefined;
    if (autoscaler === undefined) return;
    throw userError({
      at: this.node.path,
      given: `replicas is ${replicas}, and ${autoscaler} sets the number, too`,
      expected: 'one of the two',
      fix: 'remove replicas, or the autoscaler',
    });
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
    // cdk8s-plus selects pods by a hash of the construct path, which changes when the construct is renamed.
    deployment.podMetadata.addLabel(Pod.ADDRESS_LABEL, this.name);
    this.mountWritablePaths(deployment);
    // Without it, cdk8s-plus writes 2 replicas. `completeDeployment` writes the number.
    deployment.markHasAutoscaler();
    this.completeWhenRendered(ApiObject.of(deployment));
    return deployment;
  }

  private container(): kplus.ContainerProps {
    const { props } = this;
    return {
      name: this.containerName,
      // cdk8s resolves the image when it renders the Deployment. The type of the prop does not allow that.
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
    // The application has five minutes to start. The other probes begin when the startup probe has succeeded.
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
    // With the Deployment's selector, the Service keeps the pods of an existing Deployment during the first rollout.
    for (const [key, value] of Object.entries(this.selector)) service.selectLabel(key, value);
    return service;
  }

  /** The one place where the manifest of cdk8s-plus is changed, after the user's JSON patches. */
  private completeWhenRendered(object: ApiObject): void {
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
      replicas: props.replicas,
      container: this.containerName,
      resources: resourcesOf(props),
      imagePullSecrets: props.imagePullSecrets ?? [],
      dropAllCapabilities: props.dropAllCapabilities ?? true,
      seccompRuntimeDefault: props.seccompRuntimeDefault ?? true,
      annotations: withoutEmpty({ [GITLAB_APP]: projectSlugOf(props, variables), [GITLAB_ENV]: environmentSlugOf(props, variables) }),
      releaseAnnotations: withoutEmpty({
        [WORKLOAD_ANNOTATIONS.commit]: props.commit ?? variables.CI_COMMIT_SHA,
        [WORKLOAD_ANNOTATIONS.imageSource]: this.image.lookup().source,
      }),
      podAnnotations: withoutEmpty({ [WORKLOAD_ANNOTATIONS.configHash]: hash }),
    };
  }
}

/** The autoscaler of the same program that scales an object: `HorizontalPodAutoscaler "web"`. */
function autoscalerOf({ kind, name, metadata, node }: ApiObject): string | undefined {
  const objects = node.root.node.findAll().filter((construct) => ApiObject.isApiObject(construct)) as ApiObject[];
  const found = objects.find((object) => {
    if (!isAutoscaler(object.apiVersion, object.kind) || object.metadata.namespace !== metadata.namespace) return false;
    const target = scaleTargetOf(object.toJson());
    return target?.kind === kind && target.name === name;
  });
  return found && `${found.kind} ${show(found.name)}`;
}

const NAME_LABEL = 'app.kubernetes.io/name';
const GITLAB_APP = 'app.gitlab.com/app';
const GITLAB_ENV = 'app.gitlab.com/env';

// Rendering reads the props later, and the caller could change the lists and maps until then.
function copied(props: CiDeploymentProps): CiDeploymentProps {
  const copy = (value: unknown) => (Array.isArray(value) ? [...value] : value?.constructor === Object ? { ...value } : value);
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, copy(value)]));
}

function projectSlugOf(props: CiDeploymentProps, variables: CiVariables): string | undefined {
  return props.projectSlug ?? variables.CI_PROJECT_PATH_SLUG;
}

// A job that only synthesizes has no environment, so the slug is computed from the prop.
// When the job has the environment, GitLab's slug counts: GitLab stored it when it created the environment.
function environmentSlugOf(props: CiDeploymentProps, variables: CiVariables): string | undefined {
  const { environment = variables.CI_ENVIRONMENT_NAME } = props;
  if (environment === variables.CI_ENVIRONMENT_NAME) return variables.CI_ENVIRONMENT_SLUG;
  return environment && environmentSlug(environment);
}

function resourcesOf(props: CiDeploymentProps): Resources {
  const limits = withoutEmpty({ cpu: props.cpuLimit, memory: props.memoryLimit });
  return {
    ...(Object.keys(limits).length > 0 && { limits }),
    requests: { cpu: props.cpuRequest ?? '50m', memory: props.memoryRequest ?? '64Mi' },
  };
}

function withoutEmpty(map: { [key: string]: string | undefined }): StringMap {
  return Object.fromEntries(Object.entries(map).filter((pair): pair is [string, string] => Boolean(pair[1])));
}
