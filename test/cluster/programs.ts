import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { compiled, GoModule } from './go-module';

/**
 * The paths of the programs of a control plane.
 */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  /** Missing if only etcd and the API server exist. Then a Deployment creates no pods, and a token Secret stays empty. */
  readonly controllerManager?: string;
  /** Missing if only etcd and the API server exist. Then the cluster can have no nodes. */
  readonly scheduler?: string;
  /** The kubectl with the API server's version. The kubectl that the tests compare with is another one, which is fetched. */
  readonly kubectl?: string;
}

/** Simulates the kubelets of any number of nodes. */
export interface Kwok {
  readonly program: string;
  /** Files with kwok.x-k8s.io Stages: the life cycle of a node and of a pod. */
  readonly stages: readonly string[];
}

/** The time limit, in milliseconds, of a `beforeAll` that calls `controlPlanePrograms()`, `kwok()` or `kubelet()`, which compile on the first call. */
export const COMPILE_TIMEOUT = 45 * 60_000;

/**
 * The programs in KUBEBUILDER_ASSETS, or else those of the module in `go/`. K8S_VERSION (`1.35.4`) selects another version of them.
 */
export function controlPlanePrograms(variables = process.env): Programs {
  const assets = variables.KUBEBUILDER_ASSETS;
  return assets ? programsIn(resolve(assets)) : programsIn(compiled({ ...CONTROL_PLANE, version: versionOf(variables) }, variables));
}

/** The version of the control plane: `v1.36.3`. */
export function kubernetesVersion({ apiServer }: Programs): string {
  return execFileSync(apiServer, ['--version'], { encoding: 'utf8' }).trim().replace(/^Kubernetes /, '');
}

/** The program of the module in `go-kwok/`. */
export function kwok(variables = process.env): Kwok {
  const folder = compiled(KWOK, variables);
  return { program: join(folder, 'kwok'), stages: STAGES.map((stage) => join(folder, basename(stage))) };
}

/** The kubelet of the module in `go-node/`. Version 1.34 is the newest that supports Debian's containerd 1.6. An API server supports kubelets up to three minor versions older. */
export function kubelet(variables = process.env): string {
  return join(compiled(KUBELET, variables), 'kubelet');
}

const CONTROL_PLANE: GoModule = {
  folder: 'go',
  main: 'k8s.io/kubernetes',
  programs: {
    'etcd': 'go.etcd.io/etcd/server/v3',
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    'kubectl': 'k8s.io/kubernetes/cmd/kubectl',
  },
};

const KUBELET: GoModule = { folder: 'go-node', main: 'k8s.io/kubernetes', programs: { kubelet: 'k8s.io/kubernetes/cmd/kubelet' } };

const STAGES = [
  'pod/fast/pod-ready.yaml', 'pod/fast/pod-complete.yaml', 'pod/fast/pod-delete.yaml',
  'node/fast/node-initialize.yaml', 'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
];

const KWOK: GoModule = {
  folder: 'go-kwok',
  main: 'sigs.k8s.io/kwok',
  programs: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  files: STAGES.map((stage) => `kustomize/stage/${stage}`),
};

function versionOf({ K8S_VERSION: version }: NodeJS.ProcessEnv): string | undefined {
  if (!version || /^1\.\d+\.\d+$/.test(version)) return version || undefined;
  throw new Error(`K8S_VERSION is ${version}, which is no version of Kubernetes: give all three numbers, such as 1.35.4`);
}

function programsIn(folder: string): Programs {
  const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const;
  const [etcd, apiServer, ...others] = names.map((name) => join(folder, name)) as [string, string, ...string[]];
  const missing = [etcd, apiServer].filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(' and no ')} (the folder is KUBEBUILDER_ASSETS)`);
  const [controllerManager, scheduler, kubectl] = others.map((file) => existsSync(file) ? file : undefined);
  if (!controllerManager) console.warn(`there is no ${others[0]}: Deployments make no pods, and token Secrets stay empty`);
  return { etcd, apiServer, controllerManager, scheduler, kubectl };
}
