import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The certificate authority of one cluster. Node creates the keys, and openssl the certificates, because Node can only read those.
 */
export class CertificateAuthority {
  public readonly certificate: string;

  constructor(private readonly folder: string) {
    writeFileSync(join(folder, 'openssl.cnf'), CONFIG);
    const key = this.key('ca');
    this.certificate = join(folder, 'ca.crt');
    this.openssl('req', '-x509', '-config', 'openssl.cnf', '-extensions', 'ca', '-key', key, '-subj', '/CN=kubernetes', '-days', '2', '-out', 'ca.crt');
  }

  /** Writes NAME.key and NAME.crt. */
  public issue(name: string, subject: string, use: 'server' | 'client'): { readonly key: string; readonly certificate: string } {
    const key = this.key(name);
    this.openssl('req', '-new', '-config', 'openssl.cnf', '-key', key, '-subj', subject, '-out', `${name}.csr`);
    this.openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial',
      '-days', '2', '-extfile', 'openssl.cnf', '-extensions', use, '-out', `${name}.crt`);
    return { key, certificate: join(this.folder, `${name}.crt`) };
  }

  /** An RSA key as in kubeadm, so that the tokens that it signs have a realistic length. */
  public key(name: string): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = join(this.folder, `${name}.key`);
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return file;
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}

/** The file as one line of base64, the format of a kubeconfig. */
export function base64Of(file: string): string {
  return readFileSync(file).toString('base64');
}

const CONFIG = `
[req]
distinguished_name = subject
[subject]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, DNS:kubernetes.default.svc, IP:127.0.0.1, IP:10.96.0.1
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
`;
