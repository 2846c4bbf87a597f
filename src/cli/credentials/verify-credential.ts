import type { KubeconfigParts } from './credential-kubeconfig';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { Access } from '../access/access';
import { ExitCode, Failure } from '../base/failure';
import { withCredential } from '../cluster/credential';
import { ApiError } from '../cluster/status';
import type { Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import { WaitNotice } from '../io/wait-notice';
import { shortList } from '../verify/access-request';
import { differences } from '../verify/verification';
import { verifyAccess } from '../verify/verify-access';

const VERIFICATION = 'Verification';

/** The options for the address of a new credential, and for its verification. */
export const NEW_CREDENTIAL_OPTIONS: Options = [
  ['server', { group: VERIFICATION, takes: 'URL', summary: 'the address of the API server for CI jobs (default: that of the kubeconfig)' }],
  ['prove-here', { group: VERIFICATION, needs: ['server'], summary: 'verify at the address of the kubeconfig, if this machine cannot reach --server' }],
  ['other-namespace', {
    group: VERIFICATION, takes: 'NAME', many: true, summary: 'a namespace in which everything must be denied, beside kube-system (default: default)',
  }],
];

/** The option to use a namespace of the cluster itself. */
export const PROTECTED_NAMESPACE_OPTION: Options = [['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }]];

/**
 * The parts of the kubeconfig that this machine uses for the verification: with --prove-here, without the address for CI jobs.
 */
export function verificationParts({ args }: Pick<Context, 'args'>, parts: KubeconfigParts): KubeconfigParts {
  return args.has('prove-here') ? { ...parts, server: undefined } : parts;
}

/** Milliseconds in which the API server must learn of a new ServiceAccount and its RoleBinding. */
const PROPAGATION_TIMEOUT = 10_000;

/**
 * Verifies a new credential as `verify` does, and retries until the API server has learned of its rights.
 *
 * @param access The manifests that define the expected rights. Without them, lists in the namespace must succeed.
 * @throws A `Failure` that lists the problems.
 */
export async function verifyCredential(context: Context, kubeconfig: Kubeconfig, access: Access | undefined): Promise<void> {
  return WaitNotice.until('the API server knows the rights of the new credential', context).during(async () => untilVerified(context, kubeconfig, access));
}

async function untilVerified(context: Context, kubeconfig: Kubeconfig, access: Access | undefined): Promise<void> {
  const { clock, signal } = context;
  for (const end = clock.now() + PROPAGATION_TIMEOUT; ;) {
    const { problems, isPermanent } = await verifyOnce(context, kubeconfig, access);
    if (problems.length === 0) return;
    if (isPermanent || clock.now() > end) throw notStored(problems);
    await clock.sleep(300, signal);
  }
}

function notStored(problems: readonly string[]): Failure {
  return new Failure(['the new credential is not stored:', ...problems.map((problem) => `- ${problem}`)].join('\n'), ExitCode.NO);
}

interface Attempt {
  readonly problems: readonly string[];
  /** Whether a retry cannot help. */
  readonly isPermanent: boolean;
}

async function verifyOnce(context: Context, kubeconfig: Kubeconfig, access: Access | undefined): Promise<Attempt> {
  const { namespace } = kubeconfig;
  const options = { namespace, otherNamespaces: context.args.all('other-namespace'), access, now: context.clock.now() };
  try {
    const verification = await withCredential(context, kubeconfig, async (cluster) => verifyAccess(cluster, options));
    const problems = differences(verification).map(({ where, what, rights }) => `${where}: ${what}: ${shortList(rights, 10)}`);
    // A missing right may appear later. An unexpected right does not disappear.
    return { problems, isPermanent: verification.checks.some(({ answer, outcome }) => answer === 'allowed' && outcome === 'differs') };
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) return { problems: [error.message], isPermanent: false };
    throw error;
  }
}
