import type { Trust } from './http';
import { tlsModule } from '../io/lazy-modules';

/** Node 22.15 and newer can tell what it trusts, and what the system does. */
interface NewerTls {
  getCACertificates?(type: 'default' | 'system'): readonly string[];
}

/**
 * The certificates that a server is verified with, or nothing for those that Node trusts by itself (its own, and NODE_EXTRA_CA_CERTS).
 * The system's are among them where Node can read them, as kubectl and git trust those.
 */
export function authorities({ certificateAuthority, alsoTrusted }: Trust): string[] | undefined {
  if (certificateAuthority !== undefined && !alsoTrusted) return [certificateAuthority];
  const { getCACertificates } = tlsModule() as NewerTls;
  if (getCACertificates === undefined && certificateAuthority === undefined) return undefined;
  const trusted = getCACertificates ? [...getCACertificates('default'), ...getCACertificates('system')] : tlsModule().rootCertificates;
  return [...new Set([...trusted, certificateAuthority ?? ''])].filter((pem) => pem !== '');
}

/**
 * The same, for people.
 */
export function authoritiesName({ certificateAuthority, certificateAuthorityName, alsoTrusted }: Trust): string {
  const given = certificateAuthorityName ?? 'the given CA certificates';
  if (certificateAuthority === undefined) return 'the certificates Node trusts';
  return alsoTrusted ? `the certificates Node trusts, and ${given}` : given;
}
