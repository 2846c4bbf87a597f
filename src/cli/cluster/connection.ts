import { decodeText } from '../../base/text-file';
import { userError } from '../../base/user-error';
import type { TlsSessionCache } from '../http/tls';
import type { Files } from '../io/files';

/**
 * An API server and how to reach it, as a kubeconfig describes it. It contains secrets: never print it.
 */
export interface Connection {
  readonly server: string;
  /** PEM certificates that verify the server. @default the certificates that Node trusts */
  readonly certificateAuthority?: string;
  /** The name of `certificateAuthority` in errors: `the kubeconfig's certificate-authority-data`. */
  readonly certificateAuthorityName?: string;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
  readonly credentials: Credentials;
  /** Shared by the clients of this connection that use no client certificate. */
  readonly sessions?: TlsSessionCache;
  /** Called right before a request is written. Throws when the request must not be sent any more. */
  readonly permit?: (request: { readonly writes: boolean }) => void;
}

/**
 * The source of the token or certificate that authenticates requests.
 */
export interface Credentials {
  /** For people: `a token`, `a client certificate`, `the exec plugin "aws"`. */
  readonly description: string;
  /**
   * The current token or certificate. Called before each request.
   *
   * @param renew Whether the server rejected the last one with 401.
   */
  present(renew?: boolean): Promise<AuthInfo>;
}

/**
 * The token or certificate of a request.
 */
export interface AuthInfo {
  readonly token?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
}

/**
 * The token in a file. It is read before each request, since its owner may replace it at any time.
 */
export function tokenFileCredentials(files: Pick<Files, 'read'>, file: string): Credentials {
  return {
    description: `the token in ${file}`,
    present: async () => ({ token: parseToken(file, decodeText(await files.read(file), file)) }),
  };
}

/**
 * Trims a token, as client-go does, and checks that a header can carry it.
 *
 * @param at The source of the token.
 * @throws `UserError` when it is empty or has invalid characters. The error does not show the token.
 */
export function parseToken(at: string, text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const given = token === '' ? 'it is empty' : 'it has white space in it, or characters that are not ASCII';
  throw userError({ at, given, expected: 'a token, in one line', fix: 'log in to the cluster again, or name a file that contains only the token' });
}
