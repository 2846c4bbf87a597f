import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { ExitCode, Failure } from '../base/failure';
import { withCredential } from '../cluster/credential';
import { ApiError } from '../cluster/status';
import type { Context } from '../command-line/command';
import { WaitNotice } from '../io/wait-notice';

/** Milliseconds. The API server caches an accepted token for 10 s, so a longer time has another cause. */
const REVOCATION_TIMEOUT = 60_000;

const SELF_REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const SELF_REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

/**
 * Whether the API server accepts a token.
 */
export async function isAccepted(context: Context, kubeconfig: Kubeconfig): Promise<boolean> {
  try {
    await withCredential(context, kubeconfig, async (cluster) => cluster.create(SELF_REVIEWS, SELF_REVIEW, { repeatable: true }));
    return true;
  } catch (error) {
    if (error instanceof ApiError) return error.code !== 401;
    throw error;
  }
}

/**
 * Waits until the API server answers 401 to a revoked token.
 *
 * @returns The waiting time in milliseconds.
 */
export async function waitForRevocation(context: Context, kubeconfig: Kubeconfig): Promise<number> {
  return WaitNotice.until('the API server rejects the revoked token', context).during(async () => untilRejected(context, kubeconfig));
}

async function untilRejected(context: Context, kubeconfig: Kubeconfig): Promise<number> {
  const { clock, signal } = context;
  const start = clock.now();
  while (await isAccepted(context, kubeconfig)) {
    if (clock.now() - start > REVOCATION_TIMEOUT) {
      throw new Failure(`the API server still accepts the token ${REVOCATION_TIMEOUT / 1000} s after its Secret was deleted`, ExitCode.NO);
    }
    await clock.sleep(250, signal);
  }
  return clock.now() - start;
}
