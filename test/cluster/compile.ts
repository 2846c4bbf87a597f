import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [module = '', folder = '', version = '', programs = '{}'] = process.argv.slice(2);

// Without this flag, Kubernetes' programs report the version v0.0.0-master.
const LDFLAGS = `-s -w -X k8s.io/component-base/version.gitVersion=${version}`;

// The locked versions stay. Another version of Kubernetes has no go.sum yet, so go writes one.
const MOD = existsSync(join(module, 'go.sum')) ? '-mod=readonly' : '-mod=mod';

async function compile(program: string, source: string): Promise<void> {
  const args = ['build', MOD, '-trimpath', '-v', '-ldflags', LDFLAGS, '-o', join(folder, program), source];
  const go = spawn('go', args, { cwd: module, env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' }, stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => go.once('error', reject).once('close', resolve));
  const progress = new Progress(program);
  for await (const line of createInterface(go.stderr)) progress.add(line);
  const status = await ended;
  if (status !== 0) throw new Error(`go ${args.join(' ')} failed (${status})`);
  progress.say('done');
}

/** Go would print two thousand lines about the packages that it fetches and compiles. */
class Progress {
  private readonly start = Date.now();
  private last = 0;
  private fetched = 0;
  private compiled = 0;

  constructor(private readonly title: string) {}

  public add(line: string): void {
    if (line.startsWith('go: downloading ')) this.fetched++;
    else if (/^[\w./~-]+$/.test(line)) this.compiled++;
    else if (!line.startsWith('go: found ') && !line.startsWith('go: finding ')) console.error(line);
    if (Date.now() - this.last >= 10_000) this.say('...');
  }

  public say(state: string): void {
    this.last = Date.now();
    const seconds = Math.round((this.last - this.start) / 1000);
    console.error(`compiling ${this.title}: ${this.fetched} modules fetched, ${this.compiled} packages compiled, ${seconds} s ${state}`);
  }
}

async function main(): Promise<void> {
  const all = Object.entries<string>(JSON.parse(programs));
  console.error(`compiling ${all.map(([program]) => program).join(', ')} ${version} for the cluster tests, once on this machine; it takes minutes`);
  for (const [program, source] of all) await compile(program, source);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
