/**
 * A request to a server.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `https`, or `http` on the loopback interface. */
  readonly url: URL;
  /** Header names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** The time limit in milliseconds, from connecting to the last byte. It also ends a stream. */
  readonly timeout: number;
  /** The largest body of a successful response, in bytes. @default 64 MiB */
  readonly largest?: number;
  /** Called right before the client writes the request. Throws when the request must not be sent any more. */
  readonly permit?: () => void;
}

/**
 * A complete response.
 */
export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case. The values of a repeated header are joined by ", ". */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: string;
}

/**
 * A response whose body arrives in pieces. The body of an error arrives in one piece.
 */
export interface HttpStream extends Omit<HttpResponse, 'body'> {
  readonly body: AsyncIterable<string>;
}

/**
 * Sends HTTP requests over kept-alive connections. It does not retry and follows no redirects.
 * Every request has a time limit, and every body a size limit. The body of an error is cut after 1 MiB.
 */
export interface HttpClient {
  /** The number of connections and requests so far. */
  readonly counts: { readonly connections: number; readonly requests: number };
  /**
   * Sends a request and reads the whole response.
   *
   * @throws `RequestError` when there is no response: its `cause`, a `ConnectionError`, says whether the server may have received the request.
   * The signal's reason when it is aborted. `UserError`, before it connects, when the address is neither `https` nor on the loopback interface.
   */
  exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>;
  /** Sends a request and returns after the response headers. Throws like `exchange`, also while the body is read. */
  stream(request: HttpRequest, signal?: AbortSignal): Promise<HttpStream>;
  /** Closes all connections. */
  close(): void;
}
