import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ConfigReference, ContainerSpec, DeploymentManifest, MetadataManifest, PodSpec, Resources, StringMap } from '../kubernetes/pod-spec';

/**
 * Fields of a rendered Deployment that cdk8s-plus has no props for, or that containers added later need as well.
 */
export interface DeploymentAdditions {
  /** The number of pods. When it is missing, the Deployment has none, so that it does not reset an autoscaler's number. */
  readonly replicas?: number;
  /** The name of the container that gets `resources`. */
  readonly container: string;
  readonly resources: Resources;
  readonly imagePullSecrets: string[];
  readonly dropAllCapabilities: boolean;
  readonly seccompRuntimeDefault: boolean;
  /** On the Deployment and its pods. */
  readonly annotations: StringMap;
  /** On the Deployment only, because a change on the pods would restart them. */
  readonly releaseAnnotations: StringMap;
  /** On the pods only, to restart them after a change. */
  readonly podAnnotations: StringMap;
}

/**
 * Completes a rendered Deployment. Fields that are already set do not change.
 */
export function completeDeployment(manifest: DeploymentManifest, additions: DeploymentAdditions): DeploymentManifest {
  const { replicas } = additions;
  const { template } = manifest.spec;
  return {
    ...manifest,
    metadata: annotated(manifest.metadata, { ...additions.annotations, ...additions.releaseAnnotations }),
    spec: inOrder({
      ...(replicas !== undefined && { replicas }),
      ...manifest.spec,
      template: {
        ...template,
        metadata: annotated(template.metadata ?? {}, { ...additions.annotations, ...additions.podAnnotations }),
        spec: completePod(template.spec, additions),
      },
    }),
  };
}

function annotated(metadata: MetadataManifest, annotations: StringMap): MetadataManifest {
  if (Object.keys(annotations).length === 0) return metadata;
  return inOrder({ ...metadata, annotations: inOrder({ ...annotations, ...metadata.annotations }) });
}

function completePod(pod: PodSpec, additions: DeploymentAdditions): PodSpec {
  const { imagePullSecrets } = additions;
  return inOrder({
    ...pod,
    containers: pod.containers.map((container) => completeContainer(container, additions)),
    ...(pod.initContainers && { initContainers: pod.initContainers.map((container) => completeContainer(container, additions)) }),
    ...(imagePullSecrets.length > 0 && !pod.imagePullSecrets && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...(additions.seccompRuntimeDefault && { securityContext: inOrder({ seccompProfile: { type: 'RuntimeDefault' }, ...pod.securityContext }) }),
  });
}

function completeContainer(container: ContainerSpec, additions: DeploymentAdditions): ContainerSpec {
  const { securityContext, resources } = container;
  const drops = additions.dropAllCapabilities && !securityContext?.capabilities?.drop;
  return inOrder({
    ...container,
    ...(container.name === additions.container && !resources && { resources: additions.resources }),
    ...(drops && { securityContext: inOrder({ ...securityContext, capabilities: { ...securityContext?.capabilities, drop: ['ALL'] } }) }),
  });
}

// cdk8s sorts keys, so that equal manifests are equal texts.
function inOrder<T extends object>(map: T): T {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

/**
 * Hashes the contents of the ConfigMaps and Secrets that the same program defines. Returns `undefined` when it defines none of them.
 * With the hash on the pods, a change of their configuration restarts them.
 *
 * @param namespace The namespace of the pods.
 * @param references The ConfigMaps and Secrets that the pods use.
 */
export function configHash(root: IConstruct, namespace: string | undefined, references: ConfigReference[]): string | undefined {
  if (references.length === 0) return undefined;
  const objects = root.node.findAll().filter((construct) => ApiObject.isApiObject(construct)) as ApiObject[];
  const contents = references.flatMap((reference) => objects.filter((object) => isReferenced(object, namespace, reference)).map(contentOf));
  return contents.length > 0 ? createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16) : undefined;
}

function isReferenced(object: ApiObject, namespace: string | undefined, reference: ConfigReference): boolean {
  return object.kind === reference.kind && object.name === reference.name && object.metadata.namespace === namespace;
}

function contentOf(object: ApiObject): unknown {
  const { kind, metadata, data, stringData, binaryData } = object.toJson();
  return { kind, name: metadata.name, data, stringData, binaryData };
}
