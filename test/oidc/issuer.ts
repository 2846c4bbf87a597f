import { createPublicKey, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../cluster/pki';

/**
 * A GitLab as far as an API server sees it: discovery, keys, and tokens of jobs. It answers from this very process,
 * so nothing that waits for it may block the process.
 */
export interface Issuer {
  /** The `iss` of its tokens. */
  readonly url: string;
  /** PEM of the certificate that signed the server's. */
  readonly certificateAuthority: string;
  /** An id_token of a job. */
  token(claims: Claims, forgery?: Forgery): string;
  close(): Promise<void>;
}

/** Those that a test cares for; a claim that is `undefined` is left out. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a token, apart from its claims.
 */
export interface Forgery {
  /** Whose key signs it: by default the issuer's own. */
  readonly key?: 'another' | 'none';
  /** The key that the token says it is signed with. */
  readonly kid?: string;
}

/** That of the cluster, which a job asks for. */
export const AUDIENCE = 'https://k8s.example.com';

const KID = 'the-one-key';

export async function startIssuer(): Promise<Issuer> {
  const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
  const authority = new CertificateAuthority(folder);
  const certificateAuthority = readFileSync(authority.certificate, 'utf8');
  const { key, certificate } = authority.issue('issuer', '/CN=gitlab', 'server');
  const [own, another] = [newKey(), newKey()];
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const body = documents(url, own)[request.url ?? ''];
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: 'not found' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/gitlab`;
  return {
    url,
    certificateAuthority,
    token: (claims, { key: signer, kid = KID } = {}) =>
      signed({ ...claimsOfJob(url), ...claims }, kid, signer === 'none' ? undefined : signer === 'another' ? another : own),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function newKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

function documents(url: string, key: KeyObject): Record<string, object> {
  return {
    '/gitlab/.well-known/openid-configuration': {
      issuer: url,
      jwks_uri: `${url}/oauth/discovery/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
    '/gitlab/oauth/discovery/keys': { keys: [{ ...createPublicKey(key).export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' }] },
  };
}

/**
 * The claims that GitLab writes, all texts but the times, of a job that has a protected branch and no environment.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
function claimsOfJob(issuer: string): Claims {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: AUDIENCE,
    iat: now,
    nbf: now - 5,
    exp: now + 300,
    jti: 'c82eeb0c-5c6f-4a33-abf5-4c474b92b558',
    sub: 'project_path:my-group/web:ref_type:branch:ref:main',
    namespace_id: '7',
    namespace_path: 'my-group',
    project_id: '42',
    project_path: 'my-group/web',
    user_id: '5',
    user_login: 'sample-user',
    user_email: 'sample-user@example.com',
    pipeline_id: '574',
    pipeline_source: 'push',
    job_id: '302',
    ref: 'main',
    ref_type: 'branch',
    ref_path: 'refs/heads/main',
    ref_protected: 'true',
    runner_id: 1,
    runner_environment: 'self-hosted',
    sha: '714a629c0b401fdce83e847fc9589983fc6f46bc',
  };
}

/** Without a key: an unsecured JWT, RFC 7519 section 6. */
function signed(claims: Claims, kid: string, key: KeyObject | undefined): string {
  const text = [{ typ: 'JWT', alg: key ? 'RS256' : 'none', kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${key ? sign('RSA-SHA256', Buffer.from(text), key).toString('base64url') : ''}`;
}
