import { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What is done to one request.
 */
export type Fault = (exchange: Exchange) => Promise<void> | void;

/** It arrives late. */
export function delayed(milliseconds: number): Fault {
  return async (exchange) => {
    await sleep(milliseconds);
    await exchange.pass();
  };
}

/** The connection is cut, and the server knows nothing of it. */
export const cutBefore: Fault = (exchange) => exchange.cut();

/** The server does what it was asked for, and the connection is cut in place of its answer. */
export const answerLost: Fault = async (exchange) => {
  await bodyOf(await exchange.forward());
  exchange.cut();
};

/** The connection is cut after a part of the answer; of a watch, after its first piece. */
export const answerCut: Fault = async (exchange) => {
  const answer = await exchange.forward();
  exchange.begin(answer);
  for await (const piece of answer as AsyncIterable<Buffer>) {
    exchange.response.write(piece.subarray(0, Math.max(1, piece.length - 2)), () => exchange.cut());
    return;
  }
  exchange.cut();
};

/** The connection is cut when the answer is through, so that it cannot be used again. */
export const cutAfter: Fault = async (exchange) => {
  await exchange.pass();
  exchange.cut();
};

/** The answer ends as soon as it has begun, as that of a watch does which the server ends. */
export const endedAtOnce: Fault = async (exchange) => {
  const answer = await exchange.forward();
  exchange.begin(answer);
  answer.destroy();
  exchange.response.end();
};

/** Nothing ever comes, and the server knows nothing of it. */
export const hanging: Fault = () => undefined;

/** The server does what it was asked for, and nothing ever comes. */
export const hangingAfter: Fault = async (exchange) => {
  await bodyOf(await exchange.forward());
};

/** The answer begins, and nothing more comes. */
export const hangingHalfway: Fault = async (exchange) => {
  const answer = await exchange.forward();
  exchange.begin(answer);
  answer.destroy();
};

/** How an answer in place of the server's looks. */
export interface AnswerOptions {
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  /** By default the Status that an API server writes. */
  readonly html?: boolean;
  /** The Status' message. */
  readonly message?: string;
}

/** Another answer comes, and the server knows nothing of the request: 429, 500, 502, 503. */
export function answering(status: number, { retryAfter, html = false, message = 'it is broken on purpose' }: AnswerOptions = {}): Fault {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return (exchange) => (html
    ? exchange.answer(status, { ...headers, 'content-type': 'text/html' }, `<html><body>\u001b[31m${status} ${message}</body></html>`)
    : exchange.answer(status, { ...headers, 'content-type': 'application/json' }, JSON.stringify(statusOf(status, message))));
}

/** In place of a watch's events comes one that says what is wrong. */
export function erroneousEvent(status: number, message: string): Fault {
  return (exchange) => exchange.answer(200, { 'content-type': 'application/json' }, `${JSON.stringify({ type: 'ERROR', object: statusOf(status, message) })}\n`);
}

/**
 * One request and what can be done with it.
 */
export class Exchange {
  private readonly abort = new AbortController();

  constructor(
    private readonly request: IncomingMessage,
    public readonly response: ServerResponse,
    private readonly send: (body: Buffer, signal: AbortSignal) => Promise<IncomingMessage>,
    private readonly answered: (status: number) => void,
  ) {
    // A client that has gone also ends what it asked of the server.
    response.once('close', () => this.abort.abort());
  }

  /** Lets the server answer. */
  public async forward(): Promise<IncomingMessage> {
    return this.send(await bodyOf(this.request), this.abort.signal);
  }

  /** Passes it on, and the answer back as it comes. */
  public async pass(): Promise<void> {
    const answer = await this.forward();
    this.begin(answer);
    for await (const piece of answer as AsyncIterable<Buffer>) this.response.write(piece);
    await new Promise<void>((resolve) => this.response.end(resolve));
  }

  /** Passes back the head of an answer. */
  public begin({ statusCode = 0, headers }: IncomingMessage): void {
    this.answered(statusCode);
    // Each connection has its own.
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
