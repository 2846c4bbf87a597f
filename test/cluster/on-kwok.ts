import { ControlPlane, startControlPlane } from './control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './programs';
import { shareControlPlane } from './shared-cluster';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

/** The cluster of the running test file. */
export let cluster: ControlPlane;

/**
 * Gives the tests of a file a cluster with simulated pods, which they share with other files.
 */
export function onKwok(): void {
  onClusterOf(shareControlPlane);
}

/**
 * Gives the tests of a file their own cluster, because they stop the API server or use the namespaces of another file.
 */
export function onKwokOfItsOwn(): void {
  onClusterOf(async () => startControlPlane(controlPlanePrograms(), { nodes: 'kwok' }));
}

function onClusterOf(start: () => Promise<ControlPlane>): void {
  beforeAll(async () => {
    kubectl();
    cluster = await start();
  }, FETCH_TIMEOUT + COMPILE_TIMEOUT);
  afterAll(() => cluster?.stop());
}
