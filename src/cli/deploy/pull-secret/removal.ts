import { PullSecret, Withdrawal } from './pull-secret';
import type { UsedSecrets } from './references';
import { PullSecretRejected, PullSecretUnusable } from './secret-client';
import { printableText } from '../../../base/printable';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { ReleaseIdentity } from '../objects/release';

export interface RemovalOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** Whether it only finds out what it would remove. */
  readonly dryRun: boolean;
  /** Gets a line for people about each Secret that stays. */
  readonly say: (line: string) => void;
}

export interface RemovedSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly name: string;
}

/**
 * Removes an application's credentials from its pull secrets.
 *
 * @returns The Secrets that nobody uses any more, and that are deleted.
 */
export async function removeFromPullSecrets(
  cluster: KubernetesClient, { names, from }: UsedSecrets, { namespace, identity, dryRun, say }: RemovalOptions,
): Promise<RemovedSecret[]> {
  const results = new Map<string, Withdrawal | PullSecretRejected>();
  for (const name of names) {
    const result = await withdraw(new PullSecret(cluster, { namespace, identity, name }), dryRun);
    if (isFailure(result, from)) throw result;
    results.set(name, result);
  }
  for (const [name, result] of results) {
    if (result === 'shared') say(`Secret ${name} stays: other applications use it, too`);
    if (result === 'emptied') say(`Secret ${name} stays, without credentials: this application may not delete it`);
    if (from === 'labels' && result === 'unchanged') say(`Secret ${name} is left as it is: it has the label of this application, but none of its credentials`);
    if (from === 'labels' && result instanceof PullSecretRejected) say(`Secret ${name} is left as it is: ${printableText(result.problem.given)}`);
  }
  if (from === 'guessed' && [...results.values()].every((result) => result === 'unchanged' || result instanceof PullSecretRejected)) say(NOT_FOUND);
  return [...results].filter(([, result]) => result === 'removed').map(([name]) => ({ apiVersion: 'v1', kind: 'Secret', name }));
}

const NOT_FOUND = 'the credential may not list Secrets, and no pull secret was found in the recorded releases: if there is one, name it (--pull-secret)';

async function withdraw(secret: PullSecret, dryRun: boolean): Promise<Withdrawal | PullSecretRejected> {
  try {
    return await secret.withdraw(dryRun);
  } catch (error) {
    if (error instanceof PullSecretRejected) return error;
    throw error;
  }
}

/** Another application may put our label on its Secrets. Such a Secret must not keep this application from being destroyed. */
function isFailure(result: Withdrawal | PullSecretRejected, from: UsedSecrets['from']): result is PullSecretRejected {
  if (!(result instanceof PullSecretRejected)) return false;
  return from === 'option' || (from === 'labels' && !(result instanceof PullSecretUnusable));
}
