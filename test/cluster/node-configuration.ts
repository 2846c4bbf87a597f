import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** The settings of a real node. */
export interface NodeConfiguration {
  /** The folder of the cluster, which holds all files of the node. */
  readonly folder: string;
  /** The name of the network bridge and of the cgroup. It is unique on this machine. */
  readonly id: string;
  /** The network of the pods: `10.217.0.0/24`. It is unique on this machine. */
  readonly subnet: string;
  readonly pauseImage: string;
  /** The path of the CA certificate for clients of the kubelet. */
  readonly authority: string;
  readonly kubeletPort: number;
}

/**
 * Writes the configuration of containerd, the network plugins and the kubelet.
 */
export function writeNodeConfiguration(node: NodeConfiguration): void {
  mkdirSync(join(node.folder, 'cni'));
  writeFileSync(join(node.folder, 'containerd.toml'), containerd(node));
  writeFileSync(join(node.folder, 'cni', '10-bridge.conflist'), JSON.stringify(network(node)));
  writeFileSync(join(node.folder, 'kubelet.yaml'), stringify(kubelet(node)));
}

// The native snapshotter also works where an overlay cannot be mounted. It copies layers, which are small here.
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
    // A full disk of this machine must not evict the pods of the tests.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%', 'nodefs.inodesFree': '0%' },
    localStorageCapacityIsolation: false,
    failSwapOn: false,
    // Lowering the value needs CAP_SYS_RESOURCE.
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    resolvConf: '',
    // No DNS server answers at this address. Without an address, every pod gets a warning.
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
  };
}
