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
  readonly secret?: { readonly secretName?: string };
  readonly projected?: { readonly sources?: Array<{ readonly configMap?: NamedRef; readonly secret?: NamedRef }> };
}

interface NamedRef {
  readonly name?: string;
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
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  const fromEnv = containers.flatMap((container) => [
    ...(container.envFrom ?? []).flatMap((source) => references(source.configMapRef?.name, source.secretRef?.name)),
    ...(container.env ?? []).flatMap(({ valueFrom }) => references(valueFrom?.configMapKeyRef?.name, valueFrom?.secretKeyRef?.name)),
  ]);
  const fromVolumes = (pod.volumes ?? []).flatMap((volume) => [
    ...references(volume.configMap?.name, volume.secret?.secretName),
    ...(volume.projected?.sources ?? []).flatMap((source) => references(source.configMap?.name, source.secret?.name)),
  ]);
  const unique = new Map([...fromEnv, ...fromVolumes].map((reference) => [`${reference.kind}/${reference.name}`, reference]));
  return [...unique.keys()].sort().flatMap((key) => unique.get(key) ?? []);
}

function references(configMap: string | undefined, secret: string | undefined): ConfigReference[] {
  return [
    ...(configMap === undefined ? [] : [{ kind: 'ConfigMap' as const, name: configMap }]),
    ...(secret === undefined ? [] : [{ kind: 'Secret' as const, name: secret }]),
  ];
}
