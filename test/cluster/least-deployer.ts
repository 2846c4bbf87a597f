import { App, Chart, Yaml } from 'cdk8s';
import { manifests } from './application';
import { runKubectl } from './cluster';
import { AuditEvent, ControlPlane } from './control-plane';
import { Deployer } from './deployer';
import { DeployerIdentity, DeployerRole, Kubeconfig, NamespaceDeployer } from '../../src';

/**
 * An application, and the kinds that its deployer may deploy.
 */
export interface LeastOptions {
  readonly namespace: string;
  readonly app: string;
  readonly objects: readonly object[];
  readonly pullSecret?: string;
}

/**
 * A deployer with exactly the rights that the access manifests grant for its application. The environment is production, the project 7.
 */
export function makeLeastDeployer(cluster: ControlPlane, options: LeastOptions): Deployer {
  const { namespace, app } = options;
  const kubectl = (args: string[], stdin?: string) => runKubectl(cluster.kubeconfig, args, stdin);
  const admin = (...args: string[]) => kubectl(['-n', namespace, ...args]);
  kubectl(['apply', '--server-side', '-f', '-'], accessManifests(options));
  // The pods of tests have no settings for "restricted".
  kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=privileged', '--overwrite']);
  const credential = new Kubeconfig({
    server: cluster.server,
    certificateAuthorityData: Buffer.from(cluster.certificateAuthority).toString('base64'),
    namespace,
    token: admin('create', 'token', `gitlab-${app}`).trim(),
  });
  return { namespace, kubeconfig: credential.toYaml(), admin, create: (manifest) => void kubectl(['-n', namespace, 'create', '-f', '-'], JSON.stringify(manifest)) };
}

/**
 * The access manifests that the administrator applies.
 */
export function accessManifests({ namespace, app, objects, pullSecret }: LeastOptions): string {
  const chart = new Chart(new App(), 'access');
  const role = DeployerRole.leastPrivilege({ projectId: 7, environment: 'production', app, manifests: manifests(...objects), pullSecret });
  new NamespaceDeployer(chart, 'gitlab', { namespace, role, identity: DeployerIdentity.serviceAccount({ name: `gitlab-${app}` }), createNamespace: true });
  return Yaml.stringify(...chart.toJson());
}

/**
 * The requests of such a deployer to the API server.
 */
export function requestsOf(cluster: ControlPlane, { namespace, app }: Pick<LeastOptions, 'namespace' | 'app'>): AuditEvent[] {
  return cluster.auditEvents().filter(({ user }) => user.username === `system:serviceaccount:${namespace}:gitlab-${app}`);
}

/**
 * The requests that the API server refused, such as `list secrets`.
 */
export function forbiddenOf(cluster: ControlPlane, options: Pick<LeastOptions, 'namespace' | 'app'>): string[] {
  const refused = requestsOf(cluster, options).filter(({ responseStatus }) => responseStatus?.code === 403);
  return [...new Set(refused.map(({ verb, objectRef }) => [verb, objectRef?.resource, objectRef?.name ?? ''].join(' ').trim()))];
}
