import { parseJson } from '../base/json';

/**
 * The claims of a ServiceAccount token. They are not verified: only the API server can verify them.
 */
export interface TokenClaims {
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** The Secret to which the token is bound. Deleting the Secret revokes the token. */
  readonly secret?: string;
  /** The expiry in seconds since 1970. Missing when the token never expires. */
  readonly expires?: number;
}

/**
 * Decodes the claims of a token. Returns `undefined` when the token is not a JWT.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export function tokenClaims(token: string): TokenClaims | undefined {
  const payload = payloadOf(token);
  if (!payload) return undefined;
  const bound = field(payload, 'kubernetes.io');
  return {
    namespace: text(field(bound, 'namespace')) ?? text(field(payload, 'kubernetes.io/serviceaccount/namespace')),
    serviceAccount: text(field(field(bound, 'serviceaccount'), 'name')) ?? text(field(payload, 'kubernetes.io/serviceaccount/service-account.name')),
    secret: text(field(field(bound, 'secret'), 'name')) ?? text(field(payload, 'kubernetes.io/serviceaccount/secret.name')),
    expires: number(field(payload, 'exp')),
  };
}

function payloadOf(token: string): unknown {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token) ?? [];
  return payload === undefined ? undefined : parseJson(Buffer.from(payload, 'base64url').toString());
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
