import { parseJson } from '../base/json';

/**
 * What a ServiceAccount's token says of itself. Nothing of it is verified: only the API server can do that.
 */
export interface TokenClaims {
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** The Secret whose deletion ends the token. */
  readonly secret?: string;
  /** Seconds since 1970; missing when it never expires. */
  readonly expires?: number;
}

/**
 * The claims of a token, or nothing when it is no JWT.
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
