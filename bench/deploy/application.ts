import { manifests } from '../../test/cluster/application';

/** What a job puts the image in place of. */
export const PLACEHOLDER = 'IMAGE';

const LABELS = { app: 'web' };

/**
 * How an application differs from the one that is measured.
 */
export interface Variation {
  /** Of the pods: kwok leaves those with `e2e/fault: image-pull` without their image. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** In place of the ConfigMap, the second of the four; `null` leaves it out. */
  readonly second?: object | null;
}

/**
 * A small application: what it runs as, its configuration, its address, and two replicas of it.
 */
export function application({ podAnnotations = {}, second = configMap('web') }: Variation = {}): object[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', labels: LABELS } },
    ...second ? [second] : [],
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', labels: LABELS }, spec: { selector: LABELS, ports: [{ port: 80 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: LABELS },
      spec: {
        replicas: 2,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS, annotations: podAnnotations },
          spec: { serviceAccountName: 'web', containers: [{ name: 'web', image: PLACEHOLDER, envFrom: [{ configMapRef: { name: 'web', optional: true } }] }] },
        },
      },
    },
  ];
}

/** With the labels of the application. */
export function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: LABELS }, data: { GREETING: 'hello' } };
}

/** Pods of it never get their image. */
export const WITHOUT_IMAGE: Variation = { podAnnotations: { 'e2e/fault': 'image-pull' } };

/** An image of a version. */
export function image(version: string): string {
  return `registry.example.com/group/web:${version}`;
}

/** The team's file, with the placeholder. */
export function templateOf(objects: readonly object[]): string {
  return objects.length === 0 ? '' : `${manifests(...objects)}\n`;
}
