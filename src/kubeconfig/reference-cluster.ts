import { checkVerified, ClusterParts, clusterParts, referred } from './entries';
import { entries, entryNamed, readKubeconfigFile, textField } from './file';
import { userError } from '../base/user-error';

/**
 * The cluster of an administrator's kubeconfig.
 */
export interface ReferenceCluster extends ClusterParts {
  /** A file with the CA, to be embedded by the caller; relative to the folder of the kubeconfig. */
  readonly certificateAuthorityFile?: string;
}

/**
 * Reads the cluster of one context out of an administrator's own kubeconfig. The users in it (exec plugins, client certificates,
 * passwords) are not looked at, so nothing of them can get into what is made from it.
 *
 * @param context The context to use; by default the current one.
 */
export function referenceCluster(text: string, context?: string): ReferenceCluster {
  const root = readKubeconfigFile(text);
  const contexts = entries(root, 'contexts', 'context');
  const name = context ?? textField(root, 'current-context') ?? '';
  if (name === '') {
    throw userError({ at: 'current-context', given: 'it is not set', expected: 'the context whose cluster is meant', fix: 'name the context' });
  }
  const cluster = referred(entryNamed(contexts, name, context === undefined ? 'current-context' : 'context'), 'cluster', entries(root, 'clusters', 'cluster'));
  checkVerified(cluster);
  const parts = clusterParts(cluster);
  const certificateAuthorityFile = parts.certificateAuthorityData ? undefined : textField(cluster.body, 'certificate-authority') || undefined;
  return { ...parts, certificateAuthorityFile };
}
