import { Deployer, makeDeployer } from './deployer';
import { FaultProxy } from './fault-proxy';
import { cluster, onKwok, onKwokOfItsOwn } from './on-kwok';

/** In front of the cluster of the running test file. */
export let proxy: FaultProxy;

/**
 * Gives the tests of a file a shared cluster whose pods are simulated, and a proxy in front of it, which has no fault when a test begins.
 */
export function onDisturbedKwok(): void {
  onKwok();
  withProxy();
}

/**
 * The same for a file that stops the API server.
 */
export function onDisturbedKwokOfItsOwn(): void {
  onKwokOfItsOwn();
  withProxy();
}

function withProxy(): void {
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
