import { identityOf, RELEASE_OPTIONS } from './history/release-options';
import { holderOf } from './lock/acquire-lock';
import { ClusterAccess, lockCluster, readCluster } from './lock/locked-cluster';
import type { ReleaseIdentity } from './objects/release';
import { cryptoModule } from '../../base/lazy-modules';
import { userError, show } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { certificateBlocks, sha256Digits } from '../../kubernetes/certificates';
import { tokenClaims } from '../../kubernetes/token-claims';
import { parseDuration, spanInWords } from '../base/duration';
import { connectCluster } from '../cluster/connect';
import type { Connection } from '../cluster/connection';
import { credentialConnection, jobCredential, jobCredentialOptions } from '../cluster/credential';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Arguments } from '../command-line/arguments';
import type { Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import type { TimeBudget } from '../http/retry';
import { WaitNotice } from '../io/wait-notice';

const LIMITS = 'Time limits';

/**
 * The options of all commands that change a release.
 */
export const SESSION_OPTIONS: Options = [
  ...RELEASE_OPTIONS,
  ['server', { takes: 'URL', summary: 'refuse the credential of any other server' }],
  ['cluster-ca-sha256', { takes: 'HEX', many: true, summary: 'refuse a server with any other CA certificate' }],
  ['timeout', { group: LIMITS, takes: 'TIME', summary: 'how long a release may take to become ready (default: 10m)' }],
  ['lock-wait', { group: LIMITS, takes: 'TIME', summary: 'how long to wait for another job that deploys the application (default: 10m)' }],
];

/**
 * The application of a command, and the credential to change it with.
 */
export interface DeploySession {
  readonly context: Context;
  readonly identity: ReleaseIdentity;
  readonly kubeconfig: Kubeconfig;
  /** The credential's namespace. */
  readonly namespace: string;
  readonly connection: Connection;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly lockWait: number;
  /** Writes a line for people. */
  readonly say: (line: string) => void;
}

/**
 * Reads the identity and the credential. Nothing is contacted.
 *
 * @throws `UserError` when a part of the identity is missing, or there is no credential that may be used.
 */
export async function openSession(context: Context): Promise<DeploySession> {
  const { args, files, stderr } = context;
  const identity = identityOf(context);
  const { kubeconfig, source, folder } = await jobCredential(context, jobCredentialOptions(context));
  checkCluster(source, kubeconfig, args);
  return {
    context,
    identity,
    kubeconfig,
    namespace: kubeconfig.namespace,
    connection: credentialConnection(kubeconfig, files, folder),
    timeout: milliseconds(context, 'timeout'),
    lockWait: milliseconds(context, 'lock-wait'),
    say: (line) => void stderr.write(`${line}\n`),
  };
}

/**
 * Access for a dry run: without a lock, and ended by the command's signal.
 */
export function readOnlyAccess<T>(session: DeploySession, read: (cluster: KubernetesClient) => Promise<T>): ClusterAccess<T> {
  return readCluster(connect(session, session.connection, session.context.signal), read);
}

/**
 * Acquires the lock of the application, and begins to read while the lock is being acquired. A signal ends the command between two requests.
 *
 * @param former The former identity of the application, whose lock is acquired, too.
 */
export async function lockedAccess<T>(
  session: DeploySession, former: ReleaseIdentity | undefined, read: (cluster: KubernetesClient) => Promise<T>,
): Promise<ClusterAccess<T>> {
  warnOfExpiry(session);
  const { identity, namespace, connection, lockWait, say, context: { clock, signal, variables } } = session;
  return lockCluster({
    namespace,
    connection,
    clock,
    signal,
    identities: former ? [identity, former] : [identity],
    holder: holderOf(variables),
    maximumWait: lockWait,
    waiting: say,
    connect: (guarded, ending, budget) => connect(session, guarded, ending, budget),
  }, read);
}

function connect({ context, say }: DeploySession, connection: Connection, signal: AbortSignal, budget?: TimeBudget): KubernetesClient {
  const { args, clock, variables } = context;
  const waiting = WaitNotice.forServer(connection.server, context, args.has('debug'));
  return connectCluster(connection, { clock, variables, signal, budget, debug: args.has('debug') ? say : undefined, waiting });
}

/** A release may take the whole timeout, and its rollback once more. */
function warnOfExpiry({ kubeconfig, timeout, say, context: { clock } }: DeploySession): void {
  const { expires } = tokenClaims(kubeconfig.token ?? '') ?? {};
  const left = expires === undefined ? Infinity : expires - clock.now() / 1000;
  if (left >= 2 * timeout / 1000) return;
  say(`warning: the credential expires in ${spanInWords(left)}: a release that takes ${spanInWords(timeout / 1000)} (--timeout) could not be rolled back any more`);
}

function milliseconds({ args }: Context, option: 'timeout' | 'lock-wait'): number {
  return parseDuration(`--${option}`, args.one(option) ?? '10m') * 1000;
}

/**
 * Checks that a credential is for the cluster of the options: `--server`, and `--cluster-ca-sha256` for each CA certificate.
 *
 * @throws `UserError` when it is for another cluster.
 */
export function checkCluster(source: string, kubeconfig: Pick<Kubeconfig, 'server' | 'certificateAuthorityData'>, args: Arguments): void {
  const server = args.one('server');
  if (server !== undefined && address(server) !== new URL(kubeconfig.server).href) {
    throw otherCluster(`${source}: its server is ${show(kubeconfig.server)}`, `${show(server)} (--server)`);
  }
  const pinned = new Set(args.all('cluster-ca-sha256').map((text) => fingerprint(text)));
  if (pinned.size === 0) return;
  const trusted = fingerprints(kubeconfig.certificateAuthorityData ?? '');
  const other = trusted.find((found) => !pinned.has(found));
  if (trusted.length > 0 && other === undefined) return;
  const certificate = other === undefined ? 'the certificates that the system trusts' : `a certificate of SHA-256 ${other}`;
  throw otherCluster(`${source}: its server is verified with ${certificate}`, 'the certificate of --cluster-ca-sha256');
}

function address(server: string): string {
  if (URL.canParse(server)) return new URL(server).href;
  throw userError({ at: '--server', given: show(server), expected: 'the URL of an API server', fix: 'write it like https://cluster.example.com:6443' });
}

function otherCluster(given: string, expected: string): Error {
  return userError({ given, expected, fix: 'use the credential of that cluster, or change the option' });
}

function fingerprint(text: string): string {
  const digits = sha256Digits(text);
  if (digits !== undefined) return digits;
  throw userError({ at: '--cluster-ca-sha256', given: show(text), expected: '64 hexadecimal digits', fix: 'copy the output of `openssl x509 -noout -fingerprint -sha256 -in ca.crt`' });
}

function fingerprints(data: string): string[] {
  return certificateBlocks(Buffer.from(data, 'base64').toString('latin1')).map((block) => new (cryptoModule().X509Certificate)(block).fingerprint256.replaceAll(':', '').toLowerCase());
}
