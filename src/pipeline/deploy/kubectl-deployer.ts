import type { Deployer, DeployJobOptions } from './deployer';
import { commandSeconds } from '../../gitlab/duration';
import type { DeployCredential } from '../credentials/deploy-credential';
import { DEFAULT_IMAGES } from '../jobs/default-images';
import { manifestsFolder } from '../targets/manifests';
import type { Target } from '../targets/pipeline-plan';

/**
 * Options of jobs that run kubectl.
 */
export interface KubectlDeployOptions extends DeployJobOptions {
}

/** Seconds of a deployment besides the rollout. */
const OVERHEAD = 1200;

/**
 * Deploys with kubectl. kubectl gets no standard input, because it would ask for a user name there when the kubeconfig has none.
 * Some runners pass the script to the shell by standard input, so kubectl would read the script.
 */
export function kubectlDeployer(options: KubectlDeployOptions, credential: DeployCredential): Deployer {
  const { image = DEFAULT_IMAGES.kubectl, rolloutTimeout = '10m' } = options;
  const seconds = commandSeconds('rolloutTimeout', rolloutTimeout);
  return {
    image: { name: image, entrypoint: [''] },
    deployTime: { needed: seconds + OVERHEAD, parts: `a rollout of ${rolloutTimeout}, 20 minutes for other requests` },
    stopTime: { needed: OVERHEAD, parts: '20 minutes for kubectl delete' },
    comments: { image: 'The entrypoint of kubectl images is kubectl. GitLab needs a shell.' },
    credential: (target) => credential._forKubectl(target),
    deploy: (_, target, words) => {
      const apply = `apply --server-side --request-timeout 60s --filename ${manifestsFolder(target)}`;
      return [
        kubectl(target, words, `${apply} --dry-run=server > /dev/null`),
        `applied="$(${kubectl(target, words, `${apply} --output name`)})"`,
        'printf \'%s\\n\' "$applied"',
        awaitRollouts(kubectl(target, words, `rollout status --timeout ${seconds}s "$workload"`)),
      ];
    },
    stop: (_, target, words) => [kubectl(target, words, `delete --ignore-not-found --filename ${manifestsFolder(target)}`)],
  };
}

function kubectl({ namespace }: Target, words: readonly string[], command: string): string {
  return ['kubectl', ...words, '--namespace', namespace, command, '< /dev/null'].join(' ');
}

/** Waits for all rollouts, also after one has failed, so that the log has the result of each. */
function awaitRollouts(command: string): string {
  return `# Wait for the rollouts of all applied workloads.
failed=''
for workload in $(printf '%s\\n' "$applied" | grep -E '^(deployment|statefulset|daemonset)\\.apps/'); do
  ${command} || failed="$failed $workload"
done
test -z "$failed" || { echo "not rolled out:$failed" >&2; exit 1; }`;
}
