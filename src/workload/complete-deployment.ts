import { ContainerSpec, DeploymentManifest, MetadataManifest, PodSpec, Resources, StringMap } from '../kubernetes/pod-spec';

/**
 * What a rendered Deployment gets that cdk8s-plus has no prop for, or that must reach containers added later.
 */
export interface DeploymentAdditions {
  /** The container that the other fields speak of. */
  readonly container: string;
  readonly resources: Resources;
  readonly imagePullSecrets: string[];
  readonly dropAllCapabilities: boolean;
  readonly seccompRuntimeDefault: boolean;
  /** On Deployment and pods. */
  readonly annotations: StringMap;
  /** On the Deployment alone, since a change on the pods would restart them. */
  readonly releaseAnnotations: StringMap;
  /** On the pods alone: a change is meant to restart them. */
  readonly podAnnotations: StringMap;
}

/**
 * Completes a rendered Deployment. What is set already stays as it is.
 */
export function completeDeployment(manifest: DeploymentManifest, additions: DeploymentAdditions): DeploymentManifest {
  const { template } = manifest.spec;
  return {
    ...manifest,
    metadata: annotated(manifest.metadata, { ...additions.annotations, ...additions.releaseAnnotations }),
    spec: {
      ...manifest.spec,
      template: {
        ...template,
        metadata: annotated(template.metadata ?? {}, { ...additions.annotations, ...additions.podAnnotations }),
        spec: completePod(template.spec, additions),
      },
    },
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

// Keys come sorted from cdk8s, so that equal manifests are equal texts.
function inOrder<T extends object>(map: T): T {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
