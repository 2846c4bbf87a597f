import type { KubeconfigParts } from './credential-kubeconfig';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { Access } from '../access/access';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import { withCredential } from '../cluster/cluster-clients';
import { ApiError } from '../cluster/status';
import type { Option } from '../command-line/arguments';
import type { Context } from '../command-line/command';
import { shortList } from '../verify/service-account-escalation';
import { differences } from '../verify/verification';
import { verifyAccess } from '../verify/verify-access';

/** What is looked at beyond the namespace. */
export const VERIFICATION_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['server', { takes: 'URL', summary: 'the address at which CI reaches the API server (default: that in the kubeconfig)' }],
  ['prove-here', { summary: 'prove the credential at the address in the kubeconfig, when --server is not reachable from here' }],
  ['other-namespace', { takes: 'NAME', many: true, summary: 'a namespace that must be Forbidden, beside kube-system (default: default)' }],
  ['allow-protected-namespace', { summary: 'accept default and kube-* as the namespace' }],
];

/**
 * The credential as it is proved from here.
 */
export function verificationParts({ args }: Pick<Context, 'args'>, parts: KubeconfigParts): KubeconfigParts {
  return args.has('prove-here') ? { ...parts, server: undefined } : parts;
}

/** How long the API server may take to learn of a new account and its RoleBinding. */
const KNOWN_WITHIN = 10_000;

/**
 * Uses a new credential as `verify` does, until it is known everywhere in the API server.
 *
 * @param access What it must be able to do, exactly; by default only that it works inside, and nowhere else.
 * @throws A `Failure` that lists what is not as it must be.
 */
export async function verifyCredential(context: Context, kubeconfig: Kubeconfig, access: Access | undefined): Promise<void> {
  const { clock, signal } = context;
  for (const end = clock.now() + KNOWN_WITHIN; ;) {
    const { problems, mayPass } = await tryOnce(context, kubeconfig, access);
    if (problems.length === 0) return;
    if (!mayPass || clock.now() > end) throw notKept(problems);
    await clock.sleep(300, signal);
  }
}

function notKept(problems: readonly string[]): Failure {
  return new Failure(['the new credential is not kept, since', ...problems.map((problem) => `- ${problem}`)].join('\n'), ExitCode.NO);
}

interface Proof {
  readonly problems: readonly string[];
  /** Whether waiting may help. */
  readonly mayPass: boolean;
}

async function tryOnce(context: Context, kubeconfig: Kubeconfig, access: Access | undefined): Promise<Proof> {
  const { namespace } = kubeconfig;
  const options = { namespace, otherNamespaces: context.args.all('other-namespace'), access, now: context.clock.now() };
  try {
    const found = await withCredential(context, kubeconfig, async (cluster) => verifyAccess(cluster, options));
    const problems = differences(found).map(({ where, what, rights }) => `${where}: ${what}: ${shortList(rights, 10)}`);
    // Rights that it lacks may still come; those that are too many do not go.
    return { problems, mayPass: !found.checks.some(({ answer, outcome }) => answer === 'allowed' && outcome === 'differs') };
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) return { problems: [error.message], mayPass: true };
    throw error;
  }
}
