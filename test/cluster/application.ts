/**
 * The manifests of a small application, as JSON, which is YAML as well.
 */
export function manifests(...objects: object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

export function configMap(name: string, data: Record<string, string> = { key: 'value' }): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export function secret(name: string, stringData: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

export function serviceAccount(name: string): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
}

export function service(name: string): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }] } };
}

interface WorkloadOptions {
  readonly image?: string;
  readonly replicas?: number;
  readonly env?: object[];
  readonly annotations?: object;
  readonly pullSecret?: string;
  /** Fields of the spec in addition to the default ones. */
  readonly spec?: object;
}

export function deployment(name: string, options: WorkloadOptions = {}): object {
  const { image = 'registry.example.com/web:1', replicas = 1, env = [], annotations = {}, pullSecret, spec = {} } = options;
  const imagePullSecrets = pullSecret === undefined ? undefined : [{ name: pullSecret }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      ...spec,
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name }, annotations }, spec: { imagePullSecrets, containers: [{ name: 'web', image, env }] } },
    },
  };
}

/** A StatefulSet, which replaces its pods one after the other. */
export function statefulSet(name: string, options: WorkloadOptions = {}): object {
  const { spec, ...rest } = deployment(name, options) as { spec: object };
  return { ...rest, kind: 'StatefulSet', spec: { ...spec, serviceName: name } };
}

export function job(name: string, { image = 'registry.example.com/web:1', annotations = {}, podAnnotations = {} } = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations },
    spec: { backoffLimit: 0, template: { metadata: { annotations: podAnnotations }, spec: { restartPolicy: 'Never', containers: [{ name: 'once', image }] } } },
  };
}
