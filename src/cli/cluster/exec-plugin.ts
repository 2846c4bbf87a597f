import { dirname, isAbsolute, resolve } from 'node:path';
import { AuthInfo, Credentials, parseToken } from './connection';
import { isObject, Json, parseObject } from '../../base/json';
import { userError, show } from '../../base/user-error';
import type { ClusterParts } from '../../kubeconfig/entries';
import type { ExecParts } from '../../kubeconfig/user';
import { ExitCode, Failure, Unreachable } from '../base/failure';
import type { Context } from '../command-line/command';
import { runChild } from '../io/child-process';

/**
 * An exec plugin of a kubeconfig.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export interface ExecPlugin {
  readonly parts: ExecParts;
  /** The absolute path of the kubeconfig. A command with a slash is relative to its folder. */
  readonly file: string;
  readonly cluster: ClusterParts;
  /** The plugin's configuration: the cluster's extension `client.authentication.k8s.io/exec`. */
  readonly config?: Json;
}

/** Time limits in milliseconds: without a terminal, and with one, where a person may have to log in. */
const TIMEOUT = 60_000;
const INTERACTIVE_TIMEOUT = 300_000;

/** Characters. */
const LARGEST_OUTPUT = 1024 * 1024;

/**
 * The credentials from an exec plugin. The plugin runs before the first request, when its credentials expire, and after a 401.
 */
export function execCredentials(plugin: ExecPlugin, context: Pick<Context, 'variables' | 'stderr' | 'clock' | 'signal' | 'files'>): Credentials {
  const runner = new PluginRunner(plugin, context);
  let last: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;
  return {
    description: runner.name,
    async present(renew = false): Promise<AuthInfo> {
      if (renew || last === undefined || (last.expires ?? Infinity) <= context.clock.now()) {
        // Simultaneous requests share one run.
        running ??= runner.run().finally(() => {
          running = undefined;
        });
        last = await running;
      }
      return { token: last.token, clientCertificate: last.clientCertificate };
    },
  };
}

class PluginRunner {
  public readonly name: string;

  public constructor(private readonly plugin: ExecPlugin, private readonly context: Parameters<typeof execCredentials>[1]) {
    this.name = `the exec plugin ${show(plugin.parts.command)}`;
  }

  public async run(): Promise<ExecCredential> {
    const { clock, signal } = this.context;
    const timeout = this.interactive() ? INTERACTIVE_TIMEOUT : TIMEOUT;
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    const stopTimer = clock.after(timeout, abort);
    try {
      signal.throwIfAborted();
      return this.parse(await this.output(controller.signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw controller.signal.aborted ? new Unreachable(`${this.name} did not end within ${timeout / 1000} s. Does it work in a terminal?`) : error;
    } finally {
      stopTimer();
      signal.removeEventListener('abort', abort);
    }
  }

  private parse(output: string): ExecCredential {
    const credential = parseExecCredential(output, this.plugin.parts.apiVersion);
    if (typeof credential !== 'string') return credential;
    throw new Failure(`${this.name}: ${credential}`, ExitCode.NO);
  }

  /** The plugin's standard output. Its standard error is shown while it runs: it may ask the user to log in. */
  private async output(signal: AbortSignal): Promise<string> {
    const { parts, file, cluster, config } = this.plugin;
    const { clock, stderr, variables } = this.context;
    const interactive = this.interactive();
    const env = {
      ...variables,
      ...Object.fromEntries(parts.env.map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: execInfo(parts, cluster, interactive, config),
    };
    const hasFolder = /[/\\]/.test(parts.command);
    const command = hasFolder && !isAbsolute(parts.command) ? resolve(dirname(file), parts.command) : parts.command;
    let output = '';
    const stdout = (text: string) => {
      if (output.length <= LARGEST_OUTPUT) output += text;
    };
    const end = await runChild(command, parts.args, { env, interactive, clock, signal, stdout, stderr: (text) => stderr.write(text) })
      .catch((error: unknown) => {
        throw signal.aborted ? error : this.startError(error as NodeJS.ErrnoException);
      });
    if (end.status === 0) return output;
    throw new Failure(`${this.name} ended with ${end.killedBy ?? `status ${end.status}`}`, ExitCode.NO);
  }

  private interactive(): boolean {
    const { interactiveMode } = this.plugin.parts;
    const { stdinIsTerminal } = this.context.files;
    if (interactiveMode !== 'Always' || stdinIsTerminal) return interactiveMode !== 'Never' && stdinIsTerminal;
    throw userError({
      at: this.name,
      given: 'standard input is not a terminal',
      expected: 'a terminal, since its interactiveMode is Always',
      fix: 'start the command in a terminal',
    });
  }

  private startError(error: NodeJS.ErrnoException): Error {
    const { command, installHint } = this.plugin.parts;
    const given = error.code === 'ENOENT' ? 'program not found' : `it cannot be started (${error.code ?? 'unknown'})`;
    const fix = installHint ? `its hint: ${show(installHint)}` : `install ${show(command)}, or add its folder to PATH`;
    return userError({ at: this.name, given, expected: 'the program that the kubeconfig names', fix });
  }
}

/**
 * The credentials that a plugin returned.
 */
export interface ExecCredential extends AuthInfo {
  /** When they expire, in milliseconds since 1970. @default they are used until the server answers 401 */
  readonly expires?: number;
}

/**
 * The value of KUBERNETES_EXEC_INFO: the plugin's input.
 *
 * @param interactive Whether the plugin may ask questions in the terminal.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
 */
function execInfo({ apiVersion, provideClusterInfo }: ExecParts, cluster: ClusterParts, interactive: boolean, config?: Json): string {
  const info = {
    'server': cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'certificate-authority-data': cluster.certificateAuthorityData,
    'proxy-url': cluster.proxyUrl,
    config,
  };
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive, ...provideClusterInfo ? { cluster: info } : {} } });
}

/**
 * Parses a plugin's output, which is a secret: errors do not show it.
 *
 * @returns The credentials, or the problem of the output.
 */
function parseExecCredential(text: string, apiVersion: string): ExecCredential | string {
  const credential = parseObject(text);
  if (credential?.kind !== 'ExecCredential') return 'its output is not an ExecCredential';
  if (credential.apiVersion !== apiVersion) return `its output has another apiVersion than ${apiVersion}, which the kubeconfig names`;
  const status = isObject(credential.status) ? credential.status : {};
  const token = nonEmptyText(status.token);
  const [certificate, key] = [nonEmptyText(status.clientCertificateData), nonEmptyText(status.clientKeyData)];
  if ((certificate === undefined) !== (key === undefined)) return 'its output has a client certificate without its key, or a key without its certificate';
  const clientCertificate = certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
  if (token === undefined && !clientCertificate) return 'its output has neither a token nor a client certificate';
  const expires = Date.parse(nonEmptyText(status.expirationTimestamp) ?? '');
  return {
    token: token === undefined ? undefined : parseToken('the exec plugin\'s token', token),
    clientCertificate,
    expires: Number.isNaN(expires) ? undefined : expires,
  };
}

function nonEmptyText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
