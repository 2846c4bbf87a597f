import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Proxy } from './dial';
import type { HttpRequest } from './http';
import { ConnectionError, explainNodeError, Phase, RequestError, timeoutError } from './network-errors';
import type { Clock } from '../base/host';

/**
 * The environment of an exchange.
 */
export interface ExchangeOptions {
  readonly clock: Clock;
  /** The name of the certificates that verify the server. */
  readonly trusted: string;
  readonly proxy?: Proxy;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

const MEBIBYTE = 1024 * 1024;

/** An API server's lists are smaller. A broken server must not exhaust the memory. */
const LARGEST_BODY = 64 * MEBIBYTE;

const LONGEST_ERROR = MEBIBYTE;

/**
 * One request in progress: its phase, its time limit, and the errors that end it.
 */
export class HttpExchange {
  public phase: Phase = 'connecting';
  private readonly deadline: Deadline;

  public constructor(private readonly request: HttpRequest, private readonly options: ExchangeOptions) {
    this.deadline = new Deadline(options.clock, request.timeout, options.signal);
  }

  /** Aborted by the time limit or by the caller. */
  public get signal(): AbortSignal {
    return this.deadline.signal;
  }

  public get proxy(): Proxy | undefined {
    return this.options.proxy;
  }

  /** Runs the whole exchange, then stops the time limit. */
  public async run<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await this.start(action);
    } finally {
      this.deadline.stop();
    }
  }

  /** Runs the first part of an exchange. The time limit goes on. */
  public async start<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      this.deadline.stop();
      throw this.explain(error);
    }
  }

  /** The body in pieces. The last piece must arrive within the time limit. A stream that is too large may be opened again where it ended. */
  public async *pieces(response: IncomingMessage): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    try {
      let size = 0;
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        this.checkSize(size, false);
        yield decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      throw this.explain(error);
    } finally {
      this.deadline.stop();
      response.destroy();
    }
  }

  /** The whole body. The body of an error is cut, since its status says more than an error about its size. */
  public async text(response: IncomingMessage): Promise<string> {
    const { statusCode = 0 } = response;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (statusCode < 300) this.checkSize(size, true);
      chunks.push(chunk);
      // Leaving the loop closes the connection.
      if (statusCode >= 300 && size >= LONGEST_ERROR) break;
    }
    return Buffer.concat(chunks).subarray(0, statusCode < 300 ? undefined : LONGEST_ERROR).toString('utf8');
  }

  private checkSize(size: number, permanent: boolean): void {
    const { largest = LARGEST_BODY } = this.request;
    if (size > largest) throw new ConnectionError(`its answer is larger than ${largest / MEBIBYTE} MiB`, { sent: true, permanent });
  }

  private explain(error: unknown): unknown {
    const { signal, proxy } = this.options;
    if (signal?.aborted) return signal.reason;
    const through = proxy ? ` through the proxy ${proxy.url.protocol}//${proxy.url.host} (${proxy.source})` : '';
    return new RequestError(`${this.request.url.origin}${through}`, this.connectionError(error));
  }

  private connectionError(error: unknown): ConnectionError {
    if (error instanceof ConnectionError) return error;
    if (this.deadline.expired) return timeoutError(this.phase, this.request.timeout);
    return explainNodeError(error, this.phase, this.options.trusted);
  }
}

/**
 * A time limit combined with the caller's signal.
 */
class Deadline {
  /** Whether the time limit was reached before the caller's signal. */
  public expired = false;
  private readonly controller = new AbortController();
  private readonly stopTimer: () => void;

  public constructor(clock: Clock, milliseconds: number, private readonly outer?: AbortSignal) {
    // All requests of a command listen to one signal: Node would warn of a leak on stderr.
    if (outer) setMaxListeners(0, outer);
    if (outer?.aborted) this.cancel();
    else outer?.addEventListener('abort', this.cancel, { once: true });
    this.stopTimer = clock.after(milliseconds, () => this.expire());
  }

  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  public stop(): void {
    this.stopTimer();
    this.outer?.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = () => this.controller.abort(this.outer?.reason);

  private expire(): void {
    if (this.controller.signal.aborted) return;
    this.expired = true;
    this.controller.abort();
  }
}
