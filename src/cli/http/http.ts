import type { TlsSessions } from './tls-sessions';

/**
 * A request to a server, ready to be sent.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `https`, or `http` on the loopback interface. */
  readonly url: URL;
  /** Header names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** Milliseconds for this one exchange, from connecting to the last byte. A stream is only bounded until its first byte, and between two. */
  readonly timeout: number;
  /** Asked when all that it waited for is there and nothing but the writing is left. It throws when nothing may be sent any more. */
  readonly permit?: () => void;
}

/**
 * A whole answer.
 */
export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case; of a header that comes several times, its values joined by ", ". */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: string;
}

/**
 * An answer whose body is read as it comes.
 */
export interface HttpStream extends Omit<HttpResponse, 'body'> {
  readonly body: AsyncIterable<string>;
}

/**
 * Whom to trust on the way, and what to show.
 */
export interface Trust {
  /** PEM certificates that the server is verified with, and no others; by default those that Node trusts. */
  readonly certificateAuthority?: string;
  /** What those are called in errors: `the kubeconfig's certificate-authority-data`. */
  readonly certificateAuthorityName?: string;
  /** Whether the certificates that Node trusts count beside them. */
  readonly alsoTrusted?: boolean;
  /** The name that the server's certificate is for, when it is not the host of the URL. */
  readonly serverName?: string;
  /** PEM of a client certificate and its key. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  /** `http` or `https` proxy that every connection goes through; by default what the environment says of the URL. */
  readonly proxy?: string;
  /** What that is called in errors: `the kubeconfig's proxy-url`. */
  readonly proxyName?: string;
  /** Shared by doors with the same trust; by default each door has its own. */
  readonly sessions?: TlsSessions;
}

/**
 * The one door to servers: it sends one request over a connection that is kept, and says truthfully how that ended. It does not retry.
 */
export interface HttpClient {
  /** How many connections and requests there were. */
  readonly counts: { readonly connections: number; readonly requests: number };
  /**
   * @throws `Unreachable`, with `cause` the `ConnectionError` that says whether the request can have reached the server;
   * the signal's reason when it is aborted; a refusal, before anything is contacted, of an address that is neither `https` nor on the loopback interface.
   */
  exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>;
  stream(request: HttpRequest, signal?: AbortSignal): Promise<HttpStream>;
  close(): void;
}
