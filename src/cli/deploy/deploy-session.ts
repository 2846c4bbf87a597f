import { Ahead } from './ahead';
import { identityOf, RELEASE_OPTIONS } from './history/release-options';
import { ReleaseStore } from './history/release-store';
import { DeployLock, WhileTaking } from './lock/deploy-lock';
import { holderOf } from './lock/holder';
import { guardedByLock } from './lock/lock-guard';
import { checkCluster } from './manifests/check-cluster';
import type { ReleaseIdentity } from './objects/release';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../kubernetes/token-claims';
import { releaseName } from '../../release/release-names';
import { parseDuration, spanInWords } from '../base/duration';
import { connectCluster } from '../cluster/connect';
import type { Connection } from '../cluster/connection';
import { credentialConnection, jobCredential, jobCredentialOptions } from '../cluster/credential';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Option } from '../command-line/arguments';
import type { Context } from '../command-line/command';

/**
 * The options of all commands that work on a release.
 */
export const SESSION_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ...RELEASE_OPTIONS,
  ['server', { takes: 'URL', summary: 'refuse the credential of any other server' }],
  ['cluster-ca-sha256', { takes: 'HEX', many: true, summary: 'refuse a server that is verified with any other certificate' }],
  ['timeout', { takes: 'TIME', summary: 'how long a release may take to become ready (default: 10m)' }],
  ['lock-wait', { takes: 'TIME', summary: 'how long to wait for another job that is deploying it (default: 10m)' }],
];

/**
 * A release and the credential to work on it with.
 */
export class Session {
  /**
   * Nothing is contacted.
   *
   * @throws When it is not said whose release it is, or there is no credential that may be used.
   */
  public static async open(context: Context): Promise<Session> {
    const { args, files } = context;
    const identity = identityOf(context);
    const { kubeconfig, source, folder } = await jobCredential(context, jobCredentialOptions(context));
    checkCluster(source, kubeconfig, args);
    return new Session(context, identity, kubeconfig, credentialConnection(kubeconfig, files, folder));
  }

  /** Milliseconds. */
  public readonly timeout: number;
  private readonly lockWait: number;

  private constructor(
    private readonly context: Context,
    public readonly identity: ReleaseIdentity,
    public readonly kubeconfig: Kubeconfig,
    private readonly connection: Connection,
  ) {
    this.timeout = parseDuration('--timeout', context.args.one('timeout') ?? '10m') * 1000;
    this.lockWait = parseDuration('--lock-wait', context.args.one('lock-wait') ?? '10m') * 1000;
  }

  public get namespace(): string {
    return this.kubeconfig.namespace;
  }

  /** A line of talk. */
  public readonly say = (line: string): void => {
    this.context.stderr.write(`${line}\n`);
  };

  /**
   * Reads only, with the command's signal, when it is a dry run; else as `alone`.
   *
   * @param former An identity whose lock is held, too.
   */
  public async work<P, T>(
    isDryRun: boolean, prepare: (cluster: KubernetesClient) => P, action: (prepared: P, cluster: KubernetesClient) => Promise<T>, former?: ReleaseIdentity,
  ): Promise<T> {
    if (!isDryRun) return former ? this.aloneWith(former, prepare, action) : this.alone(prepare, action);
    return closing(this.connect(this.connection, this.context.signal), async (cluster) => action(prepare(cluster), cluster));
  }

  /**
   * For what writes: alone, as long as the lock is held. A signal to end the command is answered between two requests, never within one.
   *
   * @param prepare May begin to read. It may be called again, when others have taken the lock meanwhile.
   */
  public async alone<P, T>(
    prepare: (cluster: KubernetesClient) => P, action: (prepared: P, cluster: KubernetesClient, lock: DeployLock) => Promise<T>,
  ): Promise<T> {
    return this.withLockClient(async (forLock) => {
      const ahead = new Ahead((lock) => this.connect(guardedByLock(this.connection, lock), lock.signal), prepare);
      try {
        const lock = await this.acquire(forLock, this.identity, ahead);
        return await this.under(lock, forLock, async () => {
          const { prepared, cluster } = ahead.under(lock);
          return action(prepared, cluster, lock).finally(() => ahead.drop());
        });
      } finally {
        ahead.drop();
      }
    });
  }

  /**
   * The same under the locks of two identities. They are taken in the order of their names, so that two jobs never wait for each other.
   */
  private async aloneWith<P, T>(
    former: ReleaseIdentity, prepare: (cluster: KubernetesClient) => P, action: (prepared: P, cluster: KubernetesClient) => Promise<T>,
  ): Promise<T> {
    return this.withLockClient(async (forLock) => {
      const identities = [this.identity, former].sort((one, other) => (releaseName(one) < releaseName(other) ? -1 : 1));
      const locks: Array<{ readonly identity: ReleaseIdentity; readonly lock: DeployLock }> = [];
      try {
        for (const identity of identities) locks.push({ identity, lock: await this.acquire(forLock, identity) });
        const connection = locks.reduce((guarded, { lock }) => guardedByLock(guarded, lock), this.connection);
        const signal = AbortSignal.any(locks.map(({ lock }) => lock.signal));
        return await closing(this.connect(connection, signal), async (cluster) => action(prepare(cluster), cluster));
      } finally {
        for (const { identity, lock } of locks.reverse()) await (await this.isUnknown(forLock, identity) ? lock.remove() : lock.release());
      }
    });
  }

  private async withLockClient<T>(action: (forLock: KubernetesClient) => Promise<T>): Promise<T> {
    // Not ended by the command's signal, or the lock could not be given back.
    const never = new AbortController().signal;
    this.warnOfExpiry();
    return closing(this.connect(this.connection, never, { perCall: 5_000, total: 8_000 }), action);
  }

  private async under<T>(lock: DeployLock, forLock: KubernetesClient, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (lock.isNew && await this.isUnknown(forLock, this.identity)) await lock.remove();
      throw error;
    } finally {
      await lock.release();
    }
  }

  /** Whether there is no record: an application that never came to be leaves nothing behind. */
  private async isUnknown(cluster: KubernetesClient, identity: ReleaseIdentity): Promise<boolean> {
    const store = new ReleaseStore(cluster, this.namespace, identity, this.context.clock);
    return store.read().then((history) => history === undefined, () => false);
  }

  /** Says so when the credential ends before a release can have failed and been undone. */
  private warnOfExpiry(): void {
    const { expires } = tokenClaims(this.kubeconfig.token ?? '') ?? {};
    const left = expires === undefined ? Infinity : expires - this.context.clock.now() / 1000;
    if (left >= 2 * this.timeout / 1000) return;
    this.say(`warning: the credential ends in ${spanInWords(left)}; a release that takes ${spanInWords(this.timeout / 1000)} (--timeout) could not be undone any more`);
  }

  private async acquire(cluster: KubernetesClient, identity: ReleaseIdentity, ahead?: WhileTaking): Promise<DeployLock> {
    const { clock, signal, variables } = this.context;
    return DeployLock.acquire({
      cluster,
      clock,
      signal,
      ahead,
      identity,
      namespace: this.namespace,
      holder: holderOf(variables),
      maximumWait: this.lockWait,
      waiting: this.say,
    });
  }

  private connect(connection: Connection, signal: AbortSignal, budget?: { readonly perCall: number; readonly total: number }): KubernetesClient {
    const { args, clock, variables } = this.context;
    return connectCluster(connection, { clock, variables, signal, budget, debug: args.has('debug') ? this.say : undefined });
  }
}

async function closing<T>(cluster: KubernetesClient, action: (cluster: KubernetesClient) => Promise<T>): Promise<T> {
  try {
    return await action(cluster);
  } finally {
    cluster.close();
  }
}
