import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, AppName, broken, Hold, Interleaving, Manifest, Operation } from './interleaving';
import { JobResult, runJob } from './jobs';
import { LiveObject } from './state';
import { NamespaceOfTwo } from './two-applications';
import { isObject, JsonObject } from '../../src/base/json';
import { Clock } from '../../src/cli/base/host';
import { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';
import { pathOfObject } from '../../src/cli/cluster/paths';
import { ApiError } from '../../src/cli/cluster/status';
import { systemClock } from '../../src/cli/io/clock';
import { OWNER_LABEL } from '../../src/release/release-names';
import { FaultProxy } from '../cluster/fault-proxy';
import { answering, answerLost } from '../cluster/faults';

/**
 * A completed operation and its result.
 */
export interface Done extends JobResult {
  readonly app: AppName;
  readonly operation: Operation;
}

/**
 * The course of an interleaving.
 */
export interface InterleavingRun {
  readonly interleaving: Interleaving;
  readonly namespace: string;
  /** In the order of their ends. */
  readonly done: readonly Done[];
  /** Whether the second application wrote the contended object while a request of the first one was held. */
  readonly hitWindow: boolean;
  /** The objects at the end. */
  readonly objects: readonly LiveObject[];
}

/**
 * The clients and proxies of interleavings that run one after the other.
 */
export interface Lane {
  /** An administrator's client. */
  readonly admin: KubernetesClient;
  readonly proxies: Readonly<Record<AppName, FaultProxy>>;
}

/**
 * Runs an interleaving in a new namespace.
 */
export async function runInterleaving(lane: Lane, interleaving: Interleaving): Promise<InterleavingRun> {
  const namespace = await NamespaceOfTwo.make(lane.admin, `interleaving-${interleaving.seed}`, lane.proxies);
  return new Running(lane, interleaving, namespace).run();
}

class Running {
  private readonly done: Done[] = [];
  /** An error during a held request. The proxy does not report it. */
  private readonly errors: unknown[] = [];
  private hitWindow = false;

  constructor(private readonly lane: Lane, private readonly interleaving: Interleaving, private readonly namespace: NamespaceOfTwo) {}

  public async run(): Promise<InterleavingRun> {
    const { interleaving, namespace } = this;
    const { existing, before, held, holds, after } = interleaving;
    for (const object of existing) await this.create(object);
    await this.together(before);
    await this.operate('first', held, holds);
    await this.together(after);
    if (this.errors.length > 0) throw this.errors[0];
    const objects = await namespace.objects();
    await namespace.removeWorkloads();
    return { interleaving, namespace: namespace.name, done: this.done, hitWindow: this.hitWindow, objects };
  }

  /** With the field manager of kubectl, whose fields an adoption takes over. */
  private async create(object: Manifest): Promise<void> {
    const collection = pathOfObject(object as unknown as JsonObject, this.namespace.name).replace(/\/[^/]+$/, '');
    await this.lane.admin.create(collection, object, { query: { fieldManager: 'kubectl' } });
  }

  private async together(operations: Readonly<Record<AppName, readonly Operation[]>>): Promise<void> {
    await Promise.all(APPS.map(async (app) => {
      for (const operation of operations[app]) await this.operate(app, operation);
    }));
  }

  private async operate(app: AppName, operation: Operation, holds: readonly Hold[] = []): Promise<void> {
    const proxy = this.lane.proxies[app];
    const clock = skippingClock();
    proxy.reset();
    for (const hold of holds) {
      proxy.place(async (exchange) => {
        await this.meanwhile(hold).catch((error: unknown) => this.errors.push(error));
        clock.skip(hold.skips);
        await (hold.losesAnswer ? answerLost(exchange) : exchange.pass());
      }, { method: hold.method, path: this.writesOf(hold.object), nth: hold.nth });
    }
    const denied = { method: 'PATCH', path: this.writesOf(broken(app)), times: Infinity };
    if (operation.isDenied) proxy.place(answering(403, { message: 'admission webhook "x.example.com" denied the request: not today' }), denied);
    const { command, objects, options } = operation;
    const result = await runJob({ kubeconfig: this.namespace.kubeconfigs[app], command, app, objects, options, clock });
    this.done.push({ app, operation, ...result });
  }

  /** The actions while a request waits. */
  private async meanwhile({ administrator, second }: Hold): Promise<void> {
    if (administrator === 'deletes') await this.deleteContended();
    if (administrator === 'releases') await this.lane.admin.merge(this.contendedPath, { metadata: { labels: { [OWNER_LABEL]: null } } });
    for (const operation of second) {
      await this.operate('second', operation);
      const isWrite = this.writesOf(this.interleaving.contended);
      this.hitWindow ||= this.lane.proxies.second.requests.some(({ method, path, status = 0 }) => method !== 'GET' && isWrite.test(path) && status >= 200 && status < 300);
    }
  }

  private async deleteContended(): Promise<void> {
    const uid = await this.contendedUid();
    await this.lane.admin.delete(this.contendedPath, { propagation: 'Background' });
    while (uid !== undefined && await this.contendedUid() === uid) await sleep(20);
  }

  private async contendedUid(): Promise<unknown> {
    try {
      const { metadata } = await this.lane.admin.get(this.contendedPath);
      return isObject(metadata) ? metadata.uid : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  private get contendedPath(): string {
    return pathOfObject(this.interleaving.contended as unknown as JsonObject, this.namespace.name);
  }

  /** Matches the paths of requests that write the object, without dry runs. */
  private writesOf(object: Manifest): RegExp {
    return new RegExp(`^${pathOfObject(object as unknown as JsonObject, this.namespace.name)}(?:$|\\?(?!.*dryRun))`);
  }
}

/** The time of this machine, plus the skipped time. */
interface SkippingClock extends Clock {
  skip(milliseconds: number): void;
}

function skippingClock(): SkippingClock {
  let skipped = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + skipped,
    skip: (milliseconds) => {
      skipped += milliseconds;
    },
  };
}
