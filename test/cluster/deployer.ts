import { runKubectl } from './cluster';
import { ControlPlane } from './control-plane';
import { Kubeconfig } from '../../src';

/**
 * A namespace of a test, and the credential of its deploy job.
 */
export interface Deployer {
  readonly namespace: string;
  /** The job's kubeconfig, as YAML. */
  readonly kubeconfig: string;
  /** Runs kubectl as the administrator in the namespace, and gives its output. */
  readonly admin: (...args: string[]) => string;
  /** Applies a manifest as the administrator, with kubectl's default field manager. */
  readonly create: (manifest: object) => void;
}

/**
 * Creates a namespace and a ServiceAccount with a ClusterRole in it, `admin` by default. The ServiceAccount has no rights elsewhere.
 */
export function makeDeployer(cluster: ControlPlane, namespace: string, { role = 'admin', server = cluster.server, certificateAuthority = cluster.certificateAuthority } = {}): Deployer {
  const kubectl = (...args: string[]) => runKubectl(cluster.kubeconfig, args);
  kubectl('create', 'namespace', namespace);
  const admin = (...args: string[]) => kubectl('-n', namespace, ...args);
  // The rights are granted first, because the authorizer learns of them a moment later.
  admin('create', 'rolebinding', 'ci', '--clusterrole', role, '--serviceaccount', `${namespace}:ci`);
  admin('create', 'serviceaccount', 'ci');
  const credential = new Kubeconfig({
    server,
    certificateAuthorityData: Buffer.from(certificateAuthority).toString('base64'),
    namespace,
    token: admin('create', 'token', 'ci').trim(),
  });
  const create = (manifest: object) => void runKubectl(cluster.kubeconfig, ['-n', namespace, 'create', '-f', '-'], JSON.stringify(manifest));
  return { namespace, kubeconfig: credential.toYaml(), admin, create };
}
