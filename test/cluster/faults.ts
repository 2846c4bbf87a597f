import { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Decides what happens to one request.
 */
export type Fault = (exchange: Exchange) => Promise<void> | void;

/** The request reaches the server late. */
export function delayed(milliseconds: number): Fault {
  return async (exchange) => {
    await sleep(milliseconds);
    await exchange.pass();
  };
}

/** The connection is cut before the request reaches the server. */
export const cutBefore: Fault = (exchange) => exchange.cut();

/** The server handles the request, and the connection is cut before the answer. */
export const answerLost: Fault = async (exchange) => {
  await bodyOf(await exchange.forward());
  exchange.cut();
};

/** The connection is cut after a part of the answer. A watch is cut after its first piece. */
export const answerCut: Fault = async (exchange) => {
  const answer = await exchange.forward();
  exchange.begin(answer);
  for await (const piece of answer as AsyncIterable<Buffer>) {
    exchange.response.write(piece.subarray(0, Math.max(1, piece.length - 2)), () => exchange.cut());
    return;
  }
  exchange.cut();
};

/** The connection is cut after the answer, so that it cannot be used again. */
export const cutAfter: Fault = async (exchange) => {
  await exchange.pass();
  exchange.cut();
};

/** The answer ends right after its head, as when the server ends a watch. */
export const endedAtOnce: Fault = async (exchange) => {
  const answer = await exchange.forward();
  exchange.begin(answer);
  answer.destroy();
  exchange.response.end();
};

/** The request does not reach the server, and no answer comes. */
export const hanging: Fault = () => undefined;

/** The server handles the request, and no answer comes. */
export const hangingAfter: Fault = async (exchange) => {
  await bodyOf(await exchange.forward());
};

/** The answer begins and does not go on. */
export const hangingHalfway: Fault = async (exchange) => {
  const answer = await exchange.forward();
  exchange.begin(answer);
  answer.destroy();
};

/** An answer that replaces the server's. */
export interface AnswerOptions {
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  /** Whether the body is an HTML page, as of a load balancer, and not the Status of an API server. */
  readonly html?: boolean;
  /** The message of the Status. */
  readonly message?: string;
}

/** The proxy answers with an error such as 429, 500, 502 or 503. The request does not reach the server. */
export function answering(status: number, { retryAfter, html = false, message = 'it is broken on purpose' }: AnswerOptions = {}): Fault {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return (exchange) => (html
    ? exchange.answer(status, { ...headers, 'content-type': 'text/html' }, `<html><body>\u001b[31m${status} ${message}</body></html>`)
    : exchange.answer(status, { ...headers, 'content-type': 'application/json' }, JSON.stringify(statusOf(status, message))));
}

/** A watch gets one event of the type ERROR in place of its events. */
export function erroneousEvent(status: number, message: string): Fault {
  return (exchange) => exchange.answer(200, { 'content-type': 'application/json' }, `${JSON.stringify({ type: 'ERROR', object: statusOf(status, message) })}\n`);
}

/**
 * One request, and the actions of a fault.
 */
export class Exchange {
  private readonly abort = new AbortController();

  constructor(
    private readonly request: IncomingMessage,
    public readonly response: ServerResponse,
    private readonly send: (body: Buffer, signal: AbortSignal) => Promise<IncomingMessage>,
    private readonly answered: (status: number) => void,
  ) {
    // When the client closes its connection, the request to the server ends too.
    response.once('close', () => this.abort.abort());
  }

  /** Sends the request to the server and gives the server's answer. */
  public async forward(): Promise<IncomingMessage> {
    return this.send(await bodyOf(this.request), this.abort.signal);
  }

  /** Sends the request to the server, and streams the answer to the client. */
  public async pass(): Promise<void> {
    const answer = await this.forward();
    this.begin(answer);
    for await (const piece of answer as AsyncIterable<Buffer>) this.response.write(piece);
    await new Promise<void>((resolve) => this.response.end(resolve));
  }

  /** Sends the status and the headers of an answer to the client. */
  public begin({ statusCode = 0, headers }: IncomingMessage): void {
    this.answered(statusCode);
    // These headers belong to one connection.
    const { connection, 'keep-alive': keepAlive, ...others } = headers;
    this.response.writeHead(statusCode, others);
    this.response.flushHeaders();
  }

  public answer(status: number, headers: Record<string, string>, body: string): void {
    this.answered(status);
    this.response.writeHead(status, headers).end(body);
  }

  public cut(): void {
    this.request.socket.destroy();
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function statusOf(code: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: REASONS[code], code };
}

const REASONS: Record<number, string> = { 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout', 410: 'Expired' };
