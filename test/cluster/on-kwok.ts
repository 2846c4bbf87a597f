import { ControlPlane, startControlPlane } from './control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './programs';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

/** The cluster of the running test file. */
export let cluster: ControlPlane;

/**
 * Starts a cluster whose pods are simulated for the tests of a file.
 */
export function onKwok(): void {
  beforeAll(async () => {
    kubectl();
    cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  }, FETCH_TIMEOUT + COMPILE_TIMEOUT);
  afterAll(() => cluster?.stop());
}
