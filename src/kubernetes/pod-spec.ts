/**
 * The fields of a rendered Deployment that this library reads or sets.
 */
export interface DeploymentManifest {
  readonly metadata: MetadataManifest;
  readonly spec: { readonly template: PodTemplateManifest; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface PodTemplateManifest {
  readonly metadata?: MetadataManifest;
  readonly spec: PodSpec;
}

export interface MetadataManifest {
  readonly annotations?: StringMap;
  readonly namespace?: string;
  readonly [field: string]: unknown;
}

export interface StringMap {
  readonly [key: string]: string;
}

export interface PodSpec {
  readonly containers: ContainerSpec[];
  readonly initContainers?: ContainerSpec[];
  readonly securityContext?: { readonly seccompProfile?: unknown; readonly [field: string]: unknown };
  readonly imagePullSecrets?: Array<{ readonly name: string }>;
  readonly volumes?: VolumeSpec[];
  readonly [field: string]: unknown;
}

export interface ContainerSpec {
  readonly name: string;
  readonly env?: Array<{ readonly valueFrom?: { readonly configMapKeyRef?: NamedRef; readonly secretKeyRef?: NamedRef } }>;
  readonly envFrom?: Array<{ readonly configMapRef?: NamedRef; readonly secretRef?: NamedRef }>;
  readonly resources?: Resources;
  readonly securityContext?: { readonly capabilities?: Capabilities; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface Resources {
  readonly requests?: StringMap;
  readonly limits?: StringMap;
}

export interface Capabilities {
  readonly add?: string[];
  readonly drop?: string[];
}

export interface VolumeSpec {
  readonly configMap?: NamedRef;
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
  readonly projected?: { readonly sources?: Array<{ readonly configMap?: NamedRef; readonly secret?: NamedRef }> };
}

interface NamedRef {
  readonly name?: string;
  readonly optional?: boolean;
}

/**
 * A ConfigMap or Secret that a pod uses.
 */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/**
 * Lists the ConfigMaps and Secrets that a pod uses in environment variables and volumes, each once, sorted by kind and name.
 */
export function configReferences(pod: PodSpec): ConfigReference[] {
  const unique = new Map(allReferences(pod).map(({ kind, name }) => [`${kind}/${name}`, { kind, name }]));
  return [...unique.keys()].sort().flatMap((key) => unique.get(key) ?? []);
}

/**
 * Like `configReferences`, without those that are optional everywhere: the pod starts when they do not exist.
 */
export function requiredReferences(pod: PodSpec): ConfigReference[] {
  const required = allReferences(pod).filter(({ optional }) => optional !== true);
  return configReferences(pod).filter(({ kind, name }) => required.some((one) => one.kind === kind && one.name === name));
}

interface OneReference extends ConfigReference {
  readonly optional?: boolean;
}

function allReferences(pod: PodSpec): OneReference[] {
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  const fromEnv = containers.flatMap((container) => [
    ...(container.envFrom ?? []).flatMap((source) => references(source.configMapRef, source.secretRef)),
    ...(container.env ?? []).flatMap(({ valueFrom }) => references(valueFrom?.configMapKeyRef, valueFrom?.secretKeyRef)),
  ]);
  const fromVolumes = (pod.volumes ?? []).flatMap((volume) => [
    ...references(volume.configMap, volume.secret && { ...volume.secret, name: volume.secret.secretName }),
    ...(volume.projected?.sources ?? []).flatMap((source) => references(source.configMap, source.secret)),
  ]);
  return [...fromEnv, ...fromVolumes];
}

function references(configMap: NamedRef | undefined, secret: NamedRef | undefined): OneReference[] {
  return [
    ...(configMap?.name === undefined ? [] : [{ kind: 'ConfigMap' as const, name: configMap.name, optional: configMap.optional }]),
    ...(secret?.name === undefined ? [] : [{ kind: 'Secret' as const, name: secret.name, optional: secret.optional }]),
  ];
}
