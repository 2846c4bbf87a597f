import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ApiServer, freePort } from './api-server';
import { needDebianPackages, PackageFiles } from './debian';
import { BUILDAH, pushImage } from './image';
import { isReady, NodeStarter } from './node';
import { writeNodeConfiguration } from './node-configuration';
import { NODE_SCRIPT } from './node-script';
import { Processes } from './processes';
import { kubelet } from './programs';

/**
 * This machine as a node: kubelet, containerd and runc, which pull images from a registry on 127.0.0.1 and run them. As root, on Linux.
 * Pods have no name service and no way out. They are reached by the API server's proxy and by port-forward.
 */
export function realNode(): NodeStarter {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('a real node needs Linux and root: it mounts, and makes networks and cgroups');
  needDebianPackages(PACKAGES);
  const program = kubelet();
  return (processes, api) => start(program, processes, api);
}

const PACKAGES: PackageFiles = {
  ...BUILDAH,
  'containerd': '/usr/bin/containerd',
  'runc': '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  'docker-registry': '/usr/bin/docker-registry',
  'iproute2': '/sbin/ip',
};

/** The name of the node. The API server speaks with a kubelet by its node's name. */
const NAME = 'localhost';

async function start(program: string, processes: Processes, api: ApiServer): Promise<{ readonly registry: string }> {
  const { folder } = processes;
  const registry = await startRegistry(processes);
  const pauseImage = `${registry}/pause:1`;
  pushPause(folder, pauseImage);

  // Short enough for a network interface.
  const id = basename(folder).replace('cluster-', 'e2e');
  writeNodeConfiguration({ folder, id, pauseImage, authority: api.credentials.authority, kubeletPort: await freePort() });
  const cgroups = `find /sys/fs/cgroup -depth -type d -path '*/${id}*'`;
  processes.afterwards(`tries=0; until [ -z "$(${cgroups})" ] || [ $tries = 100 ]; do ${cgroups} -exec rmdir {} +; tries=$((tries + 1)); sleep 0.05; done`);
  processes.afterwards(`${PACKAGES.iproute2} link delete ${id}`);
  processes.start('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', NODE_SCRIPT, 'node', id, program, NAME], 'node');
  await api.until(`/api/v1/nodes/${NAME}`, isReady);
  return { registry };
}

async function startRegistry(processes: Processes): Promise<string> {
  const { folder } = processes;
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = join(folder, 'registry.yml');
  writeFileSync(configuration, stringify({ version: 0.1, storage: { filesystem: { rootdirectory: join(folder, 'registry') } }, http: { addr: address } }));
  processes.start('docker-registry', ['serve', configuration]);
  while (!await isServed(`http://${address}/v2/`)) {
    processes.check();
    await sleep(50);
  }
  return address;
}

function isServed(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => resolve(response.resume().statusCode === 200)).on('error', () => resolve(false));
  });
}

/** The container that holds a pod's network. */
function pushPause(folder: string, reference: string): void {
  const context = join(folder, 'pause');
  mkdirSync(context);
  copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\nENTRYPOINT ["/busybox", "tail", "-f", "/dev/null"]\n');
  pushImage(context, reference, join(folder, 'buildah'));
}
