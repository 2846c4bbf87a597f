import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cachedFolder } from '../support/npm-tool';

/**
 * The programs of a control plane.
 */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  /** Missing where only etcd and the API server are at hand: then a Deployment makes no pods and a token Secret stays empty. */
  readonly controllerManager?: string;
}

/** Long enough for a `beforeAll` that is the first to call `controlPlanePrograms()` on a machine. */
export const COMPILE_TIMEOUT = 45 * 60_000;

/**
 * The programs in KUBEBUILDER_ASSETS, else those of the modules in `go/`, compiled by the first call on a machine.
 */
export function controlPlanePrograms(variables = process.env): Programs {
  const assets = variables.KUBEBUILDER_ASSETS;
  return assets ? programsIn(resolve(assets)) : programsIn(compiled(variables));
}

const MODULES = join(__dirname, 'go');
const COMPILE = join(__dirname, 'compile.ts');
const TSX = join(__dirname, '..', '..', 'node_modules', '.bin', 'tsx');

function programsIn(folder: string): Programs {
  const [etcd, apiServer, controllerManager] = ['etcd', 'kube-apiserver', 'kube-controller-manager'].map((name) => join(folder, name)) as [string, string, string];
  const missing = [etcd, apiServer].filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(' and no ')} (the folder is KUBEBUILDER_ASSETS)`);
  if (existsSync(controllerManager)) return { etcd, apiServer, controllerManager };
  console.warn(`there is no ${controllerManager}: Deployments make no pods, and token Secrets stay empty`);
  return { etcd, apiServer };
}

function compiled(variables: NodeJS.ProcessEnv): string {
  const goMod = readFileSync(join(MODULES, 'go.mod'), 'utf8');
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(goMod)?.[1];
  const recipe = createHash('sha256').update(goMod).update(readFileSync(COMPILE)).digest('hex').slice(0, 8);
  return cachedFolder(`control-plane@${version}-${recipe}`, (folder) => {
    checkGo(variables);
    // A process of its own, since it takes minutes and shows how far it is.
    execFileSync(TSX, [COMPILE, MODULES, `${version}`, folder], { env: variables, stdio: ['ignore', 2, 2] });
  });
}

function checkGo(variables: NodeJS.ProcessEnv): void {
  const { error } = spawnSync('go', ['version'], { env: variables });
  if (!error) return;
  throw new Error([
    `the control plane of the cluster tests is compiled with Go, which cannot be started: ${error.message}.`,
    'Install Go 1.26 or newer,',
    'or let KUBEBUILDER_ASSETS name a folder that has etcd and kube-apiserver, or E2E_KUBECONFIG the kubeconfig of a cluster to test on.',
  ].join(' '), { cause: error });
}
