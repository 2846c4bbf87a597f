import { Deployer, makeDeployer } from './deployer';
import { FaultProxy } from './fault-proxy';
import { cluster, onKwok, onKwokOfItsOwn } from './on-kwok';

/** The proxy in front of the cluster of the running test file. */
export let proxy: FaultProxy;

/**
 * Gives the tests of a file a shared cluster with simulated pods, and a proxy in front of it. The proxy has no fault when a test begins.
 */
export function onDisturbedKwok(): void {
  onKwok();
  withProxy();
}

/**
 * Gives the tests of a file that stops the API server their own cluster and proxy.
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
 * Starts another proxy. The caller must stop it.
 */
export async function proxyOfItsOwn(): Promise<FaultProxy> {
  return FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
}

/**
 * Creates a namespace whose jobs use a proxy, by default that of the file.
 */
export function makeDisturbed(namespace: string, through = proxy): Deployer {
  return makeDeployer(cluster, namespace, { server: through.url, certificateAuthority: through.certificateAuthority });
}
