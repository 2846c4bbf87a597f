import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Host } from '../base/host';

/**
 * A program to run.
 */
export interface ChildOptions extends Pick<Host, 'clock' | 'signal'> {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the program may use the terminal of the command. */
  readonly interactive?: boolean;
  /** Gets the program's standard output. */
  readonly stdout: (text: string) => void;
  /** Gets the program's standard error. */
  readonly stderr: (text: string) => void;
}

/**
 * How a program ended: with a status, or by a signal.
 */
export interface ChildEnd {
  readonly status: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 2000;

/** Milliseconds in which the pipes of an ended program must close. A program that it started may keep them open. */
const PIPES_TIMEOUT = 5000;

/**
 * Runs a program without a shell, and waits until it ends. When the signal is aborted, it ends the program and all programs that this one has
 * started, first by SIGTERM, and after 2 s by SIGKILL.
 *
 * @throws The signal's reason when it is aborted, or Node's error when the program cannot be started.
 */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  const { clock, signal } = options;
  signal.throwIfAborted();
  const group = ProcessGroup.start(command, args, options);
  const timers: Array<() => void> = [];
  const stop = () => {
    group.signal('SIGTERM');
    timers.push(clock.after(GRACE, () => group.kill()));
  };
  const exit = () => group.kill();
  signal.addEventListener('abort', stop, { once: true });
  // A second signal ends the command at once.
  process.once('exit', exit);
  try {
    return await new Promise<ChildEnd>((resolve, reject) => {
      group.child.once('error', reject);
      group.child.once('exit', () => {
        if (signal.aborted) group.kill();
        else timers.push(clock.after(PIPES_TIMEOUT, () => group.closePipes()));
      });
      group.child.once('close', (status, killedBy) => (signal.aborted ? reject(signal.reason) : resolve({ status, killedBy })));
    });
  } finally {
    timers.forEach((cancel) => cancel());
    signal.removeEventListener('abort', stop);
    process.removeListener('exit', exit);
  }
}

/**
 * A program and the programs that it starts. An interactive program stays in the command's own group: no other group may use the terminal.
 * Windows has no process groups.
 */
class ProcessGroup {
  public static start(command: string, args: readonly string[], { cwd, env, interactive = false, stdout, stderr }: ChildOptions): ProcessGroup {
    // Loaded here, since most commands never start a program.
    const { spawn } = process.getBuiltinModule('node:child_process');
    const isOwn = !interactive && process.platform !== 'win32';
    const options: SpawnOptions = { cwd, env, shell: false, detached: isOwn, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'] };
    const child = spawn(command, args, options);
    child.stdout?.setEncoding('utf8').on('data', stdout);
    child.stderr?.setEncoding('utf8').on('data', stderr);
    return new ProcessGroup(child, isOwn);
  }

  private constructor(public readonly child: ChildProcess, private readonly isOwn: boolean) {}

  public signal(name: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    if (!this.isOwn) {
      this.child.kill(name);
      return;
    }
    try {
      process.kill(-pid, name);
    } catch {
      // All processes of the group have ended.
    }
  }

  /** Ends all processes at once. */
  public kill(): void {
    this.signal('SIGKILL');
    this.closePipes();
  }

  /** A process that has left the group may hold the pipes open, which would keep the command running. */
  public closePipes(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }
}
