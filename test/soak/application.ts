import { configMap, deployment, secret, service, serviceAccount } from '../cluster/application';

/**
 * An application in two versions. Between them, objects are changed, added, removed and unchanged, in both directions.
 */
export function versionOf(version: 'a' | 'b', { workload = true } = {}): object[] {
  return [
    serviceAccount('web'),
    service('web'),
    configMap('same'),
    configMap('changed', { version }),
    configMap(`only-${version}`, { version }),
    configMap(`also-only-${version}`, { version }),
    secret('web', { version }),
    ...workload ? [deployment('web', { image: `registry.example.com/web:${version}` })] : [],
  ];
}
