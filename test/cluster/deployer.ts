import { runKubectl } from './cluster';
import { ControlPlane } from './control-plane';
import { Kubeconfig } from '../../src';

/**
 * A namespace of a test and the credential that a deploy job has there.
 */
export interface Deployer {
  readonly namespace: string;
  /** The credential. */
  readonly kubeconfig: string;
  /** What the administrator's kubectl prints in the namespace. */
  readonly admin: (...args: string[]) => string;
  /** Applies a manifest as the administrator, who has kubectl's own field manager. */
  readonly create: (manifest: object) => void;
}

/**
 * Makes a namespace and a ServiceAccount that has a ClusterRole, `admin` by default, in it and nothing elsewhere.
 */
export function makeDeployer(cluster: ControlPlane, namespace: string, { role = 'admin', server = cluster.server, certificateAuthority = cluster.certificateAuthority } = {}): Deployer {
  const kubectl = (...args: string[]) => runKubectl(cluster.kubeconfig, args);
  kubectl('create', 'namespace', namespace);
  const admin = (...args: string[]) => kubectl('-n', namespace, ...args);
  // The rights first: the API server's authorizer learns of them a moment later.
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
