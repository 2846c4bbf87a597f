import { join } from 'node:path';
import { ApiServer, freePort } from './api-server';
import { isReady, NodeStarter } from './node';
import { Processes } from './processes';
import { kwok } from './programs';

/**
 * A simulated node: its pods run, complete and are deleted at once, without images and containers.
 * A pod with the annotation `e2e/fault: image-pull` stays in ImagePullBackOff.
 */
export function kwokNode(): NodeStarter {
  const { program, stages } = kwok();
  return async (processes: Processes, api: ApiServer) => {
    processes.start(program, [
      `--kubeconfig=${api.kubeconfigOf('kwok')}`, ...[IMAGE_PULL_FAULT, ...stages].map((file) => `--config=${file}`),
      '--manage-all-nodes=true', '--cidr=10.0.0.0/24', '--node-ip=127.0.0.1', `--server-address=127.0.0.1:${await freePort()}`,
      // Without leases, the node and its pods become NotReady every minute.
      '--node-lease-duration-seconds=40',
    ]);
    await api.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: NAME, annotations: { 'kwok.x-k8s.io/node': 'fake' } } });
    await api.until(`/api/v1/nodes/${NAME}`, isReady);
    return {};
  };
}

const NAME = 'node-0';
const IMAGE_PULL_FAULT = join(__dirname, 'image-pull.yaml');
