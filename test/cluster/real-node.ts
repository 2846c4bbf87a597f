import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ApiServer, freePort } from './api-server';
import { needDebianPackages, PackageFiles } from './debian';
import { BUILDAH, pushImage } from './image';
import { isReady, NodeStarter } from './node';
import { writeNodeConfiguration } from './node-configuration';
import { NODE_SCRIPT } from './node-script';
import { Processes } from './processes';
import { kubelet } from './programs';
import { REGISTRY, startRegistry } from './registry';

/**
 * This machine as a node: kubelet, containerd and runc, which run images from a registry on 127.0.0.1. It needs Linux and root.
 * Pods have no DNS and no route to other networks. The API server's proxy and port-forward reach them.
 */
export function realNode(): NodeStarter {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('a real node needs Linux and root: it mounts, and makes networks and cgroups');
  needDebianPackages(PACKAGES);
  const program = kubelet();
  return (processes, api) => start(program, processes, api);
}

const PACKAGES: PackageFiles = {
  ...BUILDAH,
  ...REGISTRY,
  'containerd': '/usr/bin/containerd',
  'runc': '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  'iproute2': '/sbin/ip',
};

/** The name of the node. The API server contacts a kubelet by the name of its node. */
const NAME = 'localhost';

async function start(program: string, processes: Processes, api: ApiServer): Promise<{ readonly registry: string }> {
  const { folder } = processes;
  const { address: registry } = await startRegistry(processes);
  const pauseImage = `${registry}/pause:1`;
  pushPause(folder, pauseImage);

  // The name must fit the length of a network interface's name.
  const id = basename(folder).replace('cluster-', 'e2e');
  const claim = claimSubnet();
  writeNodeConfiguration({ folder, id, subnet: claim.subnet, pauseImage, authority: api.credentials.authority, kubeletPort: await freePort() });
  const cgroups = `find /sys/fs/cgroup -depth -type d -path '*/${id}*'`;
  processes.afterwards(`tries=0; until [ -z "$(${cgroups})" ] || [ $tries = 1200 ]; do ${cgroups} -exec rmdir {} +; tries=$((tries + 1)); sleep 0.05; done`);
  processes.afterwards(`${PACKAGES.iproute2} link delete ${id}`);
  processes.afterwards(`rmdir ${claim.folder}`);
  processes.start('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', NODE_SCRIPT, 'node', id, program, NAME], 'node');
  await api.until(`/api/v1/nodes/${NAME}`, isReady);
  return { registry };
}

/** Several jest workers can run nodes at the same time. A folder reserves the subnet of a node. */
function claimSubnet(): { readonly subnet: string; readonly folder: string } {
  for (let number = 0; number < 256; number += 1) {
    const folder = join(tmpdir(), `e2e-subnet-${number}`);
    try {
      mkdirSync(folder);
      return { subnet: `10.217.${number}.0/24`, folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`all 256 subnets for nodes are taken: remove ${join(tmpdir(), 'e2e-subnet-*')} of nodes that are gone`);
}

/** Pushes the image of the container that holds a pod's network. */
function pushPause(folder: string, reference: string): void {
  const context = join(folder, 'pause');
  mkdirSync(context);
  copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\nENTRYPOINT ["/busybox", "tail", "-f", "/dev/null"]\n');
  pushImage(context, reference, join(folder, 'buildah'));
}
