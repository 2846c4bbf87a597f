import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { startCluster } from './cluster';

async function play(): Promise<void> {
  const cluster = await startCluster();
  console.log([
    '',
    'A Kubernetes API server is ready, with its controller manager, without scheduler and node: pods stay Pending. In another terminal:',
    '',
    `  export KUBECONFIG=${cluster.kubeconfig}`,
    '  npm run demo',
    '  kubectl apply -f examples/hugo-site/dist/access-staging.yaml',
    `  CI=${join(dirname(cluster.kubeconfig), 'ci.kubeconfig')}`,
    '  kubectl create token gitlab-example-staging -n example-staging |',
    '    node lib/cli/main.js kubeconfig "$KUBECONFIG" --token-file - --namespace example-staging --file "$CI"',
    '  kubectl --kubeconfig "$CI" apply --server-side -f examples/hugo-site/dist/staging/web.k8s.yaml',
    '  kubectl --kubeconfig "$CI" get pods -n kube-system    # Forbidden',
    '',
    'Ctrl-C stops it and removes all of it.',
  ].join('\n'));
  const awake = setInterval(() => undefined, 60_000);
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  clearInterval(awake);
  await cluster.stop();
  console.log('stopped');
}

play().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
