import { Deployer, makeDeployer } from './deployer';
import { FaultProxy } from './fault-proxy';
import { cluster, onKwok } from './on-kwok';

/** In front of the cluster of the running test file. */
export let proxy: FaultProxy;

/**
 * Starts a cluster whose pods are simulated for the tests of a file, and a proxy in front of it, which has no fault when a test begins.
 */
export function onDisturbedKwok(): void {
  onKwok();
  beforeAll(async () => {
    proxy = await proxyOfItsOwn();
  });
  beforeEach(() => proxy.reset());
  afterAll(async () => proxy?.stop());
}

/**
 * Another proxy, which the caller must stop.
 */
export async function proxyOfItsOwn(): Promise<FaultProxy> {
  return FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
}

/**
 * A namespace whose jobs come through a proxy, by default that of the file.
 */
export function makeDisturbed(namespace: string, through = proxy): Deployer {
  return makeDeployer(cluster, namespace, { server: through.url, certificateAuthority: through.certificateAuthority });
}
