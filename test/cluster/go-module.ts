import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cachedFolder } from '../support/npm-tool';

/**
 * Programs of one Go module beside this file. Each module has its own folder in the cache, so that a change of one does not recompile the others.
 */
export interface GoModule {
  /** The name of the folder with go.mod and go.sum. */
  readonly folder: string;
  /** The module whose version the programs have. */
  readonly main: string;
  /** The Go packages, by the name of the program. */
  readonly programs: Readonly<Record<string, string>>;
  /** The version of `main`, if it differs from that in go.mod. */
  readonly version?: string;
  /** Files of `main` that the programs need. They are copied beside the programs, so that a start needs no Go. */
  readonly files?: readonly string[];
}

/**
 * The folder with the programs. The first call on a machine compiles them.
 */
export function compiled(module: GoModule, variables: NodeJS.ProcessEnv): string {
  const goMod = readFileSync(join(__dirname, module.folder, 'go.mod'), 'utf8');
  const locked = new RegExp(`\\s${module.main} v(\\S+)`).exec(goMod)?.[1];
  const { version = locked, files = [] } = module;
  const recipe = createHash('sha256').update(goMod + JSON.stringify(module)).update(readFileSync(COMPILE)).update(readFileSync(__filename)).digest('hex').slice(0, 8);
  return cachedFolder(`${module.folder}@${version}-${recipe}`, (folder) => {
    checkGo(variables);
    const copy = join(folder, 'module');
    mkdirSync(copy);
    if (version === locked) cpSync(join(__dirname, module.folder), copy, { recursive: true });
    else writeFileSync(join(copy, 'go.mod'), otherVersion(goMod, `${version}`, copy, variables));
    // The compilation runs in its own process, because it takes minutes and prints its progress.
    execFileSync(TSX, [COMPILE, copy, folder, `v${version}`, JSON.stringify(module.programs)], { env: variables, stdio: ['ignore', 2, 2] });
    const sources = go(['list', '-m', '-f', '{{.Dir}}', module.main], copy, variables);
    for (const file of files) copyFileSync(join(sources, file), join(folder, basename(file)));
    rmSync(copy, { recursive: true });
  });
}

const COMPILE = join(__dirname, 'compile.ts');
const TSX = join(__dirname, '..', '..', 'node_modules', '.bin', 'tsx');

/**
 * The go.mod for another version of Kubernetes. That version requires its staging modules at v0.0.0, which is not published, so they are replaced.
 */
function otherVersion(goMod: string, version: string, folder: string, variables: NodeJS.ProcessEnv): string {
  const { GoMod } = JSON.parse(go(['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`], folder, { ...variables, GOFLAGS: '-mod=mod' }));
  const staging = [...readFileSync(GoMod, 'utf8').matchAll(/^\t(k8s\.io\/\S+) v0\.0\.0(?: |$)/gm)].map(([, name]) => name);
  return [
    ...goMod.split('\nrequire')[0]!.split('\n'),
    `require k8s.io/kubernetes v${version}`,
    ...staging.map((name) => `replace ${name} => ${name} v${version.replace(/^1/, '0')}`),
    '',
  ].join('\n');
}

function go(args: readonly string[], cwd: string, variables: NodeJS.ProcessEnv): string {
  return execFileSync('go', args, { cwd, env: { ...variables, GOWORK: 'off' }, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] }).trim();
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
