import { identityOf } from './identity';
import { withCredential } from '../../cluster/cluster-clients';
import { jobCredential, jobCredentialOptions } from '../../cluster/credential';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { Option } from '../../command-line/arguments';
import type { Context } from '../../command-line/command';
import type { ReleaseIdentity } from '../objects/release';

/** Which application in which environment is meant, and the credential that reaches it. */
export const RELEASE_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['app', { takes: 'NAME', summary: 'the application' }],
  ['environment', { takes: 'NAME', summary: 'the environment (default: CI_ENVIRONMENT_NAME)' }],
  ['kubeconfig', { takes: 'FILE|-', summary: 'the credential (default: what the variable KUBECONFIG holds: a file, or the text itself, or its base64)' }],
  ['context', { takes: 'NAME', summary: 'the context of GitLab\'s agent, <path of its project>:<name>' }],
  ['namespace', { takes: 'NAME', summary: 'with --context: the namespace, which an agent\'s kubeconfig does not name' }],
  ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
  ['debug', { summary: 'say each request and its status on standard error' }],
];

/**
 * An application in an environment, where it is deployed.
 */
export interface ReleasePlace {
  readonly identity: ReleaseIdentity;
  readonly namespace: string;
  readonly cluster: KubernetesClient;
}

/**
 * Does something with the releases that the options mean.
 */
export async function atRelease<T>(context: Context, action: (place: ReleasePlace) => Promise<T>): Promise<T> {
  const identity = identityOf(context);
  const { kubeconfig, folder } = await jobCredential(context, jobCredentialOptions(context));
  return withCredential(context, kubeconfig, async (cluster) => action({ identity, namespace: kubeconfig.namespace, cluster }), folder);
}
