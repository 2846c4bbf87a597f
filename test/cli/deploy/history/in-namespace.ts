import { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { ReleaseIdentity } from '../../../../src/cli/deploy/objects/release';
import { administratorClient } from '../../../cluster/clients';
import { Cluster as TestCluster, runKubectl } from '../../../cluster/cluster';
import { COMPILE_TIMEOUT } from '../../../cluster/programs';
import { shareCluster } from '../../../cluster/shared-cluster';
import { FETCH_TIMEOUT, kubectl } from '../../../support/kubectl';

/** The administrator's client of the running test file. */
export let cluster: KubernetesClient;

/** The release of the running test. */
export let identity: ReleaseIdentity;

let count = 0;

/**
 * Starts a cluster with a namespace for the tests of a file. Each test gets its own release.
 */
export function eachWithRelease(namespace: string, environment: string): void {
  let testCluster: TestCluster;

  beforeAll(async () => {
    kubectl();
    testCluster = await shareCluster();
    runKubectl(testCluster.kubeconfig, ['create', 'namespace', namespace]);
    cluster = await administratorClient(testCluster.kubeconfig);
  }, FETCH_TIMEOUT + COMPILE_TIMEOUT);

  afterAll(async () => {
    cluster?.close();
    await testCluster?.stop();
  });

  beforeEach(() => {
    count += 1;
    identity = { project: '42', environment, app: `web-${count}` };
  });
}
