import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { Cluster, startCluster } from './cluster';

const nodes = process.argv.includes('--node') ? 'real' : 'kwok';

async function play(): Promise<void> {
  const cluster = await startCluster({ nodes });
  console.log(['', ...introduction(cluster), '', ...steps(cluster).map((line) => `  ${line}`), '', 'Ctrl-C stops it and removes all of it.'].join('\n'));
  const awake = setInterval(() => undefined, 60_000);
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  clearInterval(awake);
  await cluster.stop();
  console.log('stopped');
}

function introduction({ registry }: Cluster): string[] {
  if (!registry) return ['A Kubernetes cluster is ready. Its node is simulated: pods run, and nothing is pulled or started. In another terminal:'];
  return [
    `A Kubernetes cluster is ready. This machine is its node, which pulls from ${registry} (http) and has no name service.`,
    'Pods are reached by port-forward. In another terminal:',
  ];
}

function steps({ kubeconfig, kubectl, registry }: Cluster): string[] {
  return [
    `export KUBECONFIG=${kubeconfig}`,
    ...kubectl ? [`alias kubectl=${kubectl}`] : [],
    'npm run demo',
    ...registry ? imageSteps(`${registry}/group/site:1`) : [],
    `CI=${join(dirname(kubeconfig), 'ci.kubeconfig')}`,
    'node lib/cli/main.js grant examples/hugo-site/dist/access-staging.yaml --file "$CI"',
    'node lib/cli/main.js verify --kubeconfig "$CI" --expect examples/hugo-site/dist/access-staging.yaml',
    'kubectl --kubeconfig "$CI" apply --server-side -f examples/hugo-site/dist/staging/web.k8s.yaml',
    'kubectl --kubeconfig "$CI" get pods',
    'kubectl --kubeconfig "$CI" get pods -n kube-system    # Forbidden',
  ];
}

// The image of the demo does not exist, so these steps build and push one.
function imageSteps(image: string): string[] {
  return [
    'hugo --minify --source examples/hugo-site',
    `buildah build --isolation chroot --tag ${image} examples/hugo-site && buildah push --tls-verify=false ${image}`,
    `(cd examples/hugo-site && IMAGE=${image} npx tsx main.ts)`,
  ];
}

play().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
