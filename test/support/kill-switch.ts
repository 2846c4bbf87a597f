import { buffer } from 'node:stream/consumers';
import { SpawnedCli } from './spawned-cli';
import { FaultProxy, RecordedRequest } from '../cluster/fault-proxy';
import { Exchange } from '../cluster/faults';

/**
 * The request at which a process is killed.
 */
export interface KillPoint {
  /** The number of the request, counted from 1 over all servers. */
  readonly nth: number;
  /** `asked`: the request does not reach the server. `written`: the server has handled the write, and its answer is lost. */
  readonly when: 'asked' | 'written';
}

/**
 * Kills a process at one of its requests to the servers behind some proxies.
 *
 * Each read and each write counts. Of the hundreds of reviews in a row that test a credential, only the first and the hundredth count.
 * Only writes are killed after their answer. After a read, the state is the same as before the next request.
 * A retry does not count, nor does a read that comes again before the next write: their number depends on the speed of the machine.
 */
export class KillSwitch {
  public victim?: SpawnedCli;
  /** The request at which the process was killed. */
  public killedAt?: string;

  private counted = 0;
  private readonly reviews = new Map<string, number>();
  private isProving = false;
  /** The paths that were read since the last write. */
  private readonly reads = new Set<string>();

  public constructor(private readonly point: KillPoint, api: FaultProxy, gitlab: FaultProxy) {
    for (const proxy of [api, gitlab]) {
      proxy.reset();
      proxy.place(async (exchange) => this.meet(exchange, proxy, proxy === gitlab), { times: Infinity });
    }
  }

  private async meet(exchange: Exchange, { requests }: FaultProxy, isGitlab: boolean): Promise<void> {
    const request = requests.at(-1) as RecordedRequest;
    if (this.killedAt !== undefined) return exchange.cut();
    if (!this.isDue(request, requests.slice(0, -1), isGitlab)) return exchange.pass();
    this.killedAt = `${request.method} ${request.path}`;
    if (this.point.when === 'written') await buffer(await exchange.forward());
    await this.victim?.kill('SIGKILL');
    exchange.cut();
  }

  private isDue(request: RecordedRequest, earlier: readonly RecordedRequest[], isGitlab: boolean): boolean {
    if (this.counts(request, earlier, isGitlab)) this.counted += 1;
    else return false;
    return this.counted === this.point.nth;
  }

  private counts(request: RecordedRequest, earlier: readonly RecordedRequest[], isGitlab: boolean): boolean {
    const { method, path } = request;
    if (isGitlab || method === 'PATCH') this.isProving = false;
    const isReview = this.isProving || /\/selfsubject/.test(path);
    if (/\/token(?:\?|$)/.test(path)) this.isProving = true;
    if (isReview) return this.point.when === 'asked' && this.isSample(this.isProving ? 'proof' : path);
    if (isRetry(request, earlier)) return false;
    if (this.point.when === 'written') return method !== 'GET' && !/dryRun=/.test(path);
    if (method !== 'GET') this.reads.clear();
    const isRepeated = this.reads.has(path);
    if (method === 'GET') this.reads.add(path);
    return !isRepeated;
  }

  private isSample(review: string): boolean {
    const count = (this.reviews.get(review) ?? 0) + 1;
    this.reviews.set(review, count);
    return count === 1 || count === 100;
  }
}

/** Whether the same request came before, and failed. */
function isRetry({ method, path }: RecordedRequest, earlier: readonly RecordedRequest[]): boolean {
  const same = earlier.filter((other) => other.method === method && other.path === path).at(-1);
  return same !== undefined && (same.status === undefined || same.status >= 400);
}
