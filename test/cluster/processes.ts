import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A running program. */
export interface Started {
  /** Kills only this program. Resolves when it has ended. */
  stop(): Promise<void>;
}

/**
 * Programs that end with this process. Neither Ctrl-C nor SIGKILL leaves a program or the folder behind.
 */
export class Processes {
  /** A folder for these programs only. It is removed when they are stopped. */
  public readonly folder = mkdtempSync(join(tmpdir(), 'cluster-'));

  private readonly guard = spawn('sh', ['-c', GUARD, 'guard', this.folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  private readonly ended: string[] = [];

  constructor() {
    leaveAlone(this.guard);
    this.guard.stdin.on('error', () => undefined);
  }

  /** Starts a program. Its output goes to NAME.log in the folder. The program gets neither the user's variables nor a Ctrl-C at the terminal. */
  public start(program: string, args: readonly string[], name = basename(program)): Started {
    const log = openSync(this.logOf(name), 'a', 0o600);
    const child = spawn(program, args, { cwd: this.folder, env: { PATH: process.env.PATH, HOME: this.folder }, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    let wanted = true;
    const gone = new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()));
    child.once('error', (error) => this.ended.push(`${program}: ${error.message}`));
    child.once('exit', (status, signal) => {
      this.tellGuard('ended', child);
      if (wanted) this.ended.push(`${name} ended with ${signal ?? `status ${status}`}`);
    });
    leaveAlone(child);
    this.tellGuard('started', child);
    return {
      stop: async () => {
        wanted = false;
        child.ref();
        child.kill('SIGKILL');
        await gone;
      },
    };
  }

  /** Throws when a program has ended. */
  public check(): void {
    if (this.ended.length > 0) throw new Error(this.ended.join(', '));
  }

  public logOf(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  /** The last lines of each program, below its name. */
  public lastLines(count = 15): string[] {
    const names = readdirSync(this.folder).filter((name) => name.endsWith('.log')).map((name) => basename(name, '.log'));
    return names.map((name) => [`--- ${name}`, ...readFileSync(this.logOf(name), 'utf8').trimEnd().split('\n').slice(-count)].join('\n'));
  }

  /** Adds a shell command that removes what a program leaves behind. It runs after all programs have ended. */
  public afterwards(command: string): void {
    this.guard.stdin.write(`afterwards ${command}\n`);
  }

  /** Ends all programs. Resolves when they have ended. */
  public async stop(): Promise<void> {
    if (this.guard.exitCode !== null || this.guard.signalCode !== null) return;
    const gone = once(this.guard, 'exit');
    this.guard.ref();
    this.guard.stdin.end();
    await gone;
  }

  private tellGuard(event: 'started' | 'ended', { pid }: ChildProcess): void {
    if (pid !== undefined && this.guard.stdin.writable) this.guard.stdin.write(`${event} ${pid}\n`);
  }
}

/**
 * The script of a watchdog. Each line of its standard input tells of a process that has started or ended, or is a command for the end.
 * Ended processes are told because the system may give their ids to other processes. The input ends with this process.
 * The watchdog uses SIGKILL: a test cluster has no data to keep, and the API server takes seconds to end by itself.
 */
const GUARD = `
without() { for id in $ids; do if [ $id != $1 ]; then echo $id; fi; done; }
while read -r event rest; do
  case $event in
    started) ids="$ids $rest" ;;
    ended) ids=$(without $rest) ;;
    afterwards) afterwards="$afterwards
$rest" ;;
  esac
done
kill -KILL $ids
gone() { for id in $ids; do if kill -0 $id; then return 1; fi; done; }
tries=0
until gone || [ $tries = 1200 ]; do tries=$((tries + 1)); sleep 0.05; done
eval "$afterwards"
rm -rf "$1"
`;

// Jest must end even if a test does not stop its cluster.
function leaveAlone(child: ChildProcess): void {
  child.unref();
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
}
