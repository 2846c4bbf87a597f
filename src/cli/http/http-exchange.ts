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

  /** The body in pieces. Each piece must arrive within the time limit. */
  public async *pieces(response: IncomingMessage): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    try {
      this.deadline.restart();
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        this.deadline.restart();
        yield decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      throw this.explain(error);
    } finally {
      this.deadline.stop();
      response.destroy();
    }
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
  private stopTimer: () => void;

  public constructor(private readonly clock: Clock, private readonly milliseconds: number, private readonly outer?: AbortSignal) {
    // All requests of a command listen to one signal: Node would warn of a leak on stderr.
    if (outer) setMaxListeners(0, outer);
    if (outer?.aborted) this.cancel();
    else outer?.addEventListener('abort', this.cancel, { once: true });
    this.stopTimer = this.startTimer();
  }

  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  public restart(): void {
    this.stopTimer();
    this.stopTimer = this.startTimer();
  }

  public stop(): void {
    this.stopTimer();
    this.outer?.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = () => this.controller.abort(this.outer?.reason);

  private startTimer(): () => void {
    return this.clock.after(this.milliseconds, () => this.expire());
  }

  private expire(): void {
    if (this.controller.signal.aborted) return;
    this.expired = true;
    this.controller.abort();
  }
}
