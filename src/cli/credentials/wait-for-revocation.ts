import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import { withCredential } from '../cluster/cluster-clients';
import { ApiError } from '../cluster/status';
import type { Context } from '../command-line/command';

/** The API server remembers for 10 s that a token was good; what takes longer is something else. */
const FORGOTTEN_WITHIN = 60_000;

const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

/**
 * Shows a token to the API server, which must know it.
 */
export async function isAccepted(context: Context, kubeconfig: Kubeconfig): Promise<boolean> {
  try {
    await withCredential(context, kubeconfig, async (cluster) => cluster.create(SELF, REVIEW, { repeatable: true }));
    return true;
  } catch (error) {
    if (error instanceof ApiError) return error.code !== 401;
    throw error;
  }
}

/**
 * Waits until the API server answers 401 to a token that was ended.
 *
 * @returns Milliseconds that this took.
 */
export async function waitForRevocation(context: Context, kubeconfig: Kubeconfig): Promise<number> {
  const { clock, signal } = context;
  const start = clock.now();
  while (await isAccepted(context, kubeconfig)) {
    if (clock.now() - start > FORGOTTEN_WITHIN) {
      throw new Failure(`the API server still accepts the token ${FORGOTTEN_WITHIN / 1000} s after it was ended`, ExitCode.NO);
    }
    await clock.sleep(250, signal);
  }
  return clock.now() - start;
}
