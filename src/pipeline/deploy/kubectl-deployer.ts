import type { KubectlDeployOptions } from './deploy-job';
import type { Deployer } from './deployer';
import { commandSeconds } from '../../gitlab/duration';
import type { DeployCredential } from '../credentials/deploy-credential';
import { BUILDERS } from '../jobs/builders';
import { manifestsOf } from '../targets/manifests';
import type { Target } from '../targets/target';

/** Minutes for all but the rollout. */
const BESIDE_MINUTES = 30;

/**
 * kubectl. It gets no standard input, which it would read a user name from when the kubeconfig has none: the script itself, where a runner feeds it to the shell.
 */
export function kubectlDeployer(options: KubectlDeployOptions, credential: DeployCredential): Deployer {
  const { image = BUILDERS.kubectl, rolloutTimeout = '10m' } = options;
  const seconds = commandSeconds('rolloutTimeout', rolloutTimeout);
  return {
    image: { name: image, entrypoint: [''] },
    timeout: `${Math.ceil(seconds / 60) + BESIDE_MINUTES} minutes`,
    comments: { image: 'The entrypoint of such images is kubectl, where GitLab needs a shell.' },
    credential: (target) => credential._forKubectl(target),
    deploy: (_, target, words) => {
      const apply = `apply --server-side --request-timeout 60s --filename ${manifestsOf(target)}`;
      return [
        kubectl(target, words, `${apply} --dry-run=server > /dev/null`),
        `applied="$(${kubectl(target, words, `${apply} --output name`)})"`,
        'printf \'%s\\n\' "$applied"',
        awaitRollouts(kubectl(target, words, `rollout status --timeout ${seconds}s "$workload"`)),
      ];
    },
    stop: (_, target, words) => [kubectl(target, words, `delete --ignore-not-found --filename ${manifestsOf(target)}`)],
  };
}

function kubectl({ namespace }: Target, words: readonly string[], command: string): string {
  return ['kubectl', ...words, '--namespace', namespace, command, '< /dev/null'].join(' ');
}

/** All of them, so that the log says of each how it went. */
function awaitRollouts(command: string): string {
  return `# The rollout of all that was applied.
failed=''
for workload in $(printf '%s\\n' "$applied" | grep -E '^(deployment|statefulset|daemonset)\\.apps/'); do
  ${command} || failed="$failed $workload"
done
test -z "$failed" || { echo "not rolled out:$failed" >&2; exit 1; }`;
}
