import type { ChildProcess } from 'node:child_process';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Credentials, Presented } from './connection';
import { ExecCredential, execInfo, readExecCredential } from './exec-credential';
import type { Json } from '../../base/json';
import { userError, show } from '../../base/user-error';
import type { ClusterParts } from '../../kubeconfig/entries';
import type { ExecParts } from '../../kubeconfig/user';
import { ExitCode } from '../base/exit-code';
import { Failure, Unreachable } from '../base/failure';
import type { Context } from '../command-line/command';

/**
 * A plugin and what is around it.
 */
export interface ExecPlugin {
  readonly parts: ExecParts;
  /** The kubeconfig, absolute: a command with a slash in it starts at its folder. */
  readonly file: string;
  readonly cluster: ClusterParts;
  /** What the kubeconfig has for it. */
  readonly config?: Json;
}

/** Milliseconds that a plugin may take: without a terminal, and when somebody may have to log in. */
const ALONE = 60_000;
const WITH_SOMEBODY = 300_000;

/** Characters. */
const LARGEST_OUTPUT = 1024 * 1024;

/**
 * The credentials of a plugin. It is started when the first are needed, and again when they end or the server does not know them any more.
 */
export function execCredentials(plugin: ExecPlugin, context: Pick<Context, 'variables' | 'stderr' | 'clock' | 'signal' | 'files'>): Credentials {
  const call = new PluginCall(plugin, context);
  let last: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;
  return {
    description: call.name,
    async present(renew = false): Promise<Presented> {
      if (renew || last === undefined || (last.expires ?? Infinity) <= context.clock.now()) {
        // Many may ask at once: one run of the plugin answers them all.
        running ??= call.run().finally(() => {
          running = undefined;
        });
        last = await running;
      }
      return { token: last.token, clientCertificate: last.clientCertificate };
    },
  };
}

class PluginCall {
  public readonly name: string;

  public constructor(private readonly plugin: ExecPlugin, private readonly context: Parameters<typeof execCredentials>[1]) {
    this.name = `the exec plugin ${show(plugin.parts.command)}`;
  }

  public async run(): Promise<ExecCredential> {
    const { clock, signal } = this.context;
    const limit = this.interactive() ? WITH_SOMEBODY : ALONE;
    const ended = new AbortController();
    const end = () => ended.abort();
    signal.addEventListener('abort', end, { once: true });
    const stopTimer = clock.after(limit, end);
    try {
      signal.throwIfAborted();
      return this.credential(await this.output(ended.signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw ended.signal.aborted ? new Unreachable(`${this.name} did not end within ${limit / 1000} s`) : error;
    } finally {
      stopTimer();
      signal.removeEventListener('abort', end);
    }
  }

  private credential(output: string): ExecCredential {
    const read = readExecCredential(output, this.plugin.parts.apiVersion);
    if (typeof read !== 'string') return read;
    throw new Failure(`${this.name}: ${read}`, ExitCode.NO);
  }

  /** What it prints. What it says on stderr is passed on while it runs: it may ask somebody to log in. */
  private async output(signal: AbortSignal): Promise<string> {
    const child = this.start(signal);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (output.length <= LARGEST_OUTPUT) output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.context.stderr.write(text));
    return new Promise((done, failed) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        // What the plugin has started itself may still hold them, and would keep this process from ending.
        child.stdout?.destroy();
        child.stderr?.destroy();
        failed(this.notStarted(error));
      });
      child.once('close', (status, killedBy) => {
        if (status === 0) done(output);
        else failed(new Failure(`${this.name} ended with ${killedBy ?? `status ${status}`}`, ExitCode.NO));
      });
    });
  }

  private start(signal: AbortSignal): ChildProcess {
    const { parts, file, cluster, config } = this.plugin;
    const interactive = this.interactive();
    const env = {
      ...this.context.variables,
      ...Object.fromEntries(parts.env.map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: execInfo(parts, cluster, interactive, config),
    };
    // Loaded only here, since most commands never start a program.
    const { spawn } = process.getBuiltinModule('node:child_process');
    const hasFolder = /[/\\]/.test(parts.command);
    const command = hasFolder && !isAbsolute(parts.command) ? resolve(dirname(file), parts.command) : parts.command;
    return spawn(command, parts.args, { env, signal, shell: false, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'] });
  }

  private interactive(): boolean {
    const { interactiveMode } = this.plugin.parts;
    const { stdinIsTerminal } = this.context.files;
    if (interactiveMode !== 'Always' || stdinIsTerminal) return interactiveMode !== 'Never' && stdinIsTerminal;
    throw userError({ at: this.name, given: 'standard input is not a terminal', expected: 'one, since it asks questions', fix: 'start the command at a terminal' });
  }

  private notStarted(error: NodeJS.ErrnoException): Error {
    if (error.name === 'AbortError') return error;
    const { installHint } = this.plugin.parts;
    const given = error.code === 'ENOENT' ? 'there is no such program' : `it cannot be started (${error.code ?? 'unknown'})`;
    return userError({ at: this.name, given, expected: 'the program that the kubeconfig names', fix: installHint ? `its hint: ${show(installHint)}` : 'install it' });
  }
}
