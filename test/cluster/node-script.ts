/**
 * The script that runs a real node in the cluster's folder. It is the first process of its own process and mount namespaces.
 * So every container and every mount ends with it.
 *
 * $1 is the name of the node's cgroup, $2 the path of the kubelet, $3 the name of the node.
 */
export const NODE_SCRIPT = `
set -e
PATH=$PATH:/usr/sbin:/sbin
mount --make-rshared /
for folder in /run /var/lib /var/log; do mount -t tmpfs tmpfs $folder; done

# kubelet and the bridge set them for the whole machine, unless they are as wanted.
mkdir sysctl
pretend() {
  if [ -e /proc/sys/$1 ]; then
    echo $2 >sysctl/value-$2
    mount --bind sysctl/value-$2 /proc/sys/$1
  fi
}
pretend vm/overcommit_memory 1
pretend vm/panic_on_oom 0
pretend kernel/panic 10
pretend kernel/panic_on_oops 1
pretend kernel/keys/root_maxkeys 1000000
pretend kernel/keys/root_maxbytes 25000000
pretend net/ipv4/ip_forward 1

# One of its own, which is found again at the end. Version 2 has one tree, version 1 one for each controller.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do echo +$controller >/sys/fs/cgroup/cgroup.subtree_control || true; done
  mkdir /sys/fs/cgroup/$1
else
  for controller in /sys/fs/cgroup/*; do mkdir -p $controller/$1; done
fi

containerd --config containerd.toml >containerd.log 2>&1 &
containerd=$!
until [ -S containerd.sock ]; do
  kill -0 $containerd
  sleep 0.05
done
"$2" --config kubelet.yaml --kubeconfig kubeconfig --root-dir "$PWD/kubelet" --cert-dir "$PWD/kubelet/pki" --hostname-override "$3" >kubelet.log 2>&1 &
wait $!
`;
