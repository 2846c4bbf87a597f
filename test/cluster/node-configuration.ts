import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** What a real node is configured with. */
export interface NodeConfiguration {
  /** Of the cluster. All paths lie in it. */
  readonly folder: string;
  /** Unique on this machine: the name of the network bridge and of the cgroup. */
  readonly id: string;
  /** Of its pods, unique on this machine: `10.217.0.0/24`. */
  readonly subnet: string;
  readonly pauseImage: string;
  /** The file of the certificate that signs whoever may speak with the kubelet. */
  readonly authority: string;
  readonly kubeletPort: number;
}

/**
 * Writes what containerd, the network plugins and the kubelet read.
 */
export function writeNodeConfiguration(node: NodeConfiguration): void {
  mkdirSync(join(node.folder, 'cni'));
  writeFileSync(join(node.folder, 'containerd.toml'), containerd(node));
  writeFileSync(join(node.folder, 'cni', '10-bridge.conflist'), JSON.stringify(network(node)));
  writeFileSync(join(node.folder, 'kubelet.yaml'), stringify(kubelet(node)));
}

// The native snapshotter copies layers, which are small here, and runs where an overlay cannot be mounted.
function containerd({ folder, pauseImage }: NodeConfiguration): string {
  return `
version = 2
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
[grpc]
  address = "${folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
`;
}

function network({ folder, id, subnet }: NodeConfiguration): object {
  return {
    cniVersion: '0.4.0',
    name: id,
    plugins: [{ type: 'bridge', bridge: id, isGateway: true, ipMasq: false, ipam: { type: 'host-local', dataDir: join(folder, 'ipam'), ranges: [[{ subnet }]] } }, { type: 'loopback' }],
  };
}

/** @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
function kubelet({ folder, id, authority, kubeletPort }: NodeConfiguration): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port: kubeletPort,
    healthzPort: 0,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: authority } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${folder}/containerd.sock`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${id}`,
    enforceNodeAllocatable: [],
    // A full disk of this machine is none of the tests' business.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%', 'nodefs.inodesFree': '0%' },
    localStorageCapacityIsolation: false,
    failSwapOn: false,
    // Nobody may lower it without CAP_SYS_RESOURCE.
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    resolvConf: '',
    // Nothing answers there. Without one, every pod gets a warning.
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
  };
}
