import type { IncomingMessage } from 'node:http';
import { ConnectionError } from './connection-error';
import type { Deadline } from './deadline';
import type { HttpRequest } from './http';
import { Phase, reasonOf, timedOut } from './network-errors';
import type { Proxy } from './proxy';
import { Unreachable } from '../base/failure';

/**
 * One request under way: how far it is, and what ends it.
 */
export class HttpExchange {
  public phase: Phase = 'connecting';

  /**
   * @param trusted Names the certificates that the server is verified with.
   * @param signal The caller's own, which is part of the deadline's.
   */
  public constructor(
    private readonly request: HttpRequest,
    private readonly trusted: string,
    public readonly deadline: Deadline,
    private readonly signal: AbortSignal | undefined,
    public readonly proxy: Proxy | undefined,
  ) {}

  /** All of an exchange. */
  public async bounded<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await this.guarded(action);
    } finally {
      this.deadline.end();
    }
  }

  /** A part of it, after which the time runs on. */
  public async guarded<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      this.deadline.end();
      throw this.explained(error);
    }
  }

  /** What comes, each piece within the time limit. */
  public async *pieces(response: IncomingMessage): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    try {
      this.deadline.restart();
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        this.deadline.restart();
        yield decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      throw this.explained(error);
    } finally {
      this.deadline.end();
      response.destroy();
    }
  }

  private explained(error: unknown): unknown {
    if (this.signal?.aborted) return this.signal.reason;
    const cause = this.causeOf(error);
    const way = this.proxy ? ` through the proxy ${this.proxy.url.protocol}//${this.proxy.url.host} (${this.proxy.source})` : '';
    return new Unreachable(`${this.request.url.origin}${way}: ${cause.message}`, cause);
  }

  private causeOf(error: unknown): ConnectionError {
    if (error instanceof ConnectionError) return error;
    const sent = this.phase !== 'connecting';
    if (this.deadline.timedOut) return new ConnectionError(timedOut(this.phase, this.request.timeout), { sent, lasting: false });
    const { words, lasting } = reasonOf(error, this.phase, this.trusted);
    return new ConnectionError(words, { sent, lasting });
  }
}
