import type { TlsSessions } from '../http/tls-sessions';

/**
 * Where an API server is, whom to trust there and who asks. Made from a kubeconfig; nothing in it is printed.
 */
export interface Connection {
  readonly server: string;
  /** PEM; by default the certificates that Node trusts. */
  readonly certificateAuthority?: string;
  /** What those are called in errors: `the kubeconfig's certificate-authority-data`. */
  readonly certificateAuthorityName?: string;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly credentials: Credentials;
  /** Shared by the clients of this connection, as long as they show no client certificate. */
  readonly sessions?: TlsSessions;
  /** Asked right before a request is written. It throws when it may not be sent, or not any more. */
  readonly permit?: (request: { readonly writes: boolean }) => void;
}

/**
 * How a request says who asks.
 */
export interface Credentials {
  /** For people: `a token`, `a client certificate`, `the exec plugin "aws"`. */
  readonly description: string;
  /** Asked before each request. `renew`: the server did not accept what was given before. */
  present(renew?: boolean): Promise<Presented>;
}

/**
 * What is shown to the server.
 */
export interface Presented {
  readonly token?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
}
