import type { SecureContext } from 'node:tls';
import { userError } from '../../base/user-error';
import { tlsModule } from '../io/lazy-modules';

/**
 * How to connect to a server: certificates, proxy, and cached TLS sessions.
 */
export interface TransportConfig {
  /** PEM certificates that verify the server, and no others. @default the certificates that Node trusts */
  readonly certificateAuthority?: string;
  /** The name of `certificateAuthority` in errors: `the kubeconfig's certificate-authority-data`. */
  readonly certificateAuthorityName?: string;
  /** Whether to trust Node's certificates beside `certificateAuthority`. */
  readonly alsoTrusted?: boolean;
  /** The name in the server's certificate, when it is not the host of the URL. */
  readonly serverName?: string;
  /** A client certificate and its key in PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  /** An `http` or `https` proxy for every connection. @default the proxy variables of the environment */
  readonly proxy?: string;
  /** The name of `proxy` in errors: `the kubeconfig's proxy-url`. */
  readonly proxyName?: string;
  /** Shared by clients with the same certificates. @default each client has its own */
  readonly sessions?: TlsSessionCache;
}

/**
 * TLS sessions of earlier connections. Resuming one shortens the handshake: the server does not send its certificate again.
 * A cache is safe to share only between connections with the same trusted certificates and the same client certificate.
 */
export class TlsSessionCache {
  private readonly sessions = new Map<string, Buffer>();

  /**
   * @param server Host and port.
   */
  public get(server: string): Buffer | undefined {
    return this.sessions.get(server);
  }

  public set(server: string, session: Buffer): void {
    this.sessions.set(server, session);
  }
}

/** Node 22.15 and newer list the certificates that Node and the system trust. */
interface NewerTls {
  getCACertificates?(type: 'default' | 'system'): readonly string[];
}

/**
 * The certificates that verify a server. `undefined` means Node's own and NODE_EXTRA_CA_CERTS.
 * The system's certificates are included where Node can read them, as kubectl and git trust them.
 */
export function trustedCertificates({ certificateAuthority, alsoTrusted }: TransportConfig): string[] | undefined {
  if (certificateAuthority !== undefined && !alsoTrusted) return [certificateAuthority];
  const { getCACertificates } = tlsModule() as NewerTls;
  if (getCACertificates === undefined && certificateAuthority === undefined) return undefined;
  const trusted = getCACertificates ? [...getCACertificates('default'), ...getCACertificates('system')] : tlsModule().rootCertificates;
  return [...new Set([...trusted, certificateAuthority ?? ''])].filter((pem) => pem !== '');
}

/**
 * The name of the trusted certificates, for errors.
 */
export function describeTrust({ certificateAuthority, certificateAuthorityName, alsoTrusted }: TransportConfig): string {
  const given = certificateAuthorityName ?? 'the given CA certificates';
  if (certificateAuthority === undefined) return 'the certificates Node trusts';
  return alsoTrusted ? `the certificates Node trusts, and ${given}` : given;
}

/**
 * Loads the certificates for connections.
 *
 * @throws `UserError` when a certificate or key is not valid. The error shows no part of them.
 */
export function createSecureContext({ clientCertificate }: TransportConfig, ca: string[] | undefined): SecureContext {
  try {
    return tlsModule().createSecureContext({ ca, cert: clientCertificate?.certificate, key: clientCertificate?.key, minVersion: 'TLSv1.2' });
  } catch {
    // Node's error may quote a key.
    throw clientCertificate ? userError({
      at: 'client certificate',
      given: 'it does not belong to its key, or one of the two is not PEM',
      expected: 'a certificate and its own key, without a passphrase',
      fix: 'compare `openssl x509 -noout -pubkey -in CERTIFICATE` with `openssl pkey -pubout -in KEY`: both must print the same key',
    }) : userError({
      at: 'CA certificates',
      given: 'they are not PEM',
      expected: 'certificates in PEM, which start with `-----BEGIN CERTIFICATE-----`',
      fix: 'convert a DER file with `openssl x509 -inform der -in FILE`',
    });
  }
}
