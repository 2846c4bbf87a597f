import type { CredentialStore, ServiceAccountRef, CredentialRecord } from './credential-store';
import { isObject, Json } from '../../base/json';
import { secrets } from '../../base/secrets';
import { tokenClaims } from '../../kubernetes/token-claims';
import { ExitCode, Failure } from '../base/failure';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { objectPath } from '../cluster/paths';

/**
 * The token to issue.
 */
export interface TokenOptions {
  readonly account: ServiceAccountRef;
  /** The identity of the destination that will store the token. */
  readonly destination: string;
  /** The requested lifetime in seconds. A token Secret ignores it. */
  readonly duration: number;
  /** The Secret of the manifests that the cluster fills with a token, or `new` for a new one. Without it, a token is requested. */
  readonly tokenSecret?: { readonly name: string } | 'new';
}

/**
 * The cluster that issues tokens.
 */
export interface TokenIssuer {
  readonly cluster: KubernetesClient;
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface IssuedToken {
  readonly record: CredentialRecord;
  readonly token: string;
  /** The granted expiry, in milliseconds since 1970. Missing when the token never expires. */
  readonly expires?: number;
}

/** Milliseconds in which the token controller must fill a token Secret. */
const FILL_TIMEOUT = 30_000;

/**
 * Issues a token that is revoked when its Secret is deleted.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export async function issueToken({ cluster, store, clock, signal }: TokenIssuer, options: TokenOptions): Promise<IssuedToken> {
  const { tokenSecret, destination, account, duration } = options;
  if (tokenSecret === undefined) {
    const record = await store.create('bound', destination);
    return { record, ...await requestToken(cluster, account, duration, record) };
  }
  const record = tokenSecret === 'new' ? await store.create('token-secret', destination) : await store.adopt(tokenSecret.name, destination);
  return { record, token: await filledToken(cluster, clock, account.namespace, record.name, signal) };
}

/**
 * Requests a token, bound to a Secret if there is one.
 *
 * @param duration Seconds.
 */
export async function requestToken(
  cluster: KubernetesClient, account: ServiceAccountRef, duration: number, boundTo?: Pick<CredentialRecord, 'name' | 'uid'>,
): Promise<{ token: string; expires: number }> {
  const path = objectPath({ group: '', version: 'v1', resource: 'serviceaccounts', namespace: account.namespace, name: account.name, subresource: 'token' });
  const boundObjectRef = boundTo && { apiVersion: 'v1', kind: 'Secret', name: boundTo.name, uid: boundTo.uid };
  // If the answer is lost, the client repeats the request. Both tokens are bound to the same Secret.
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: duration, boundObjectRef } };
  const answer = await cluster.create(path, request, { repeatable: true });
  const status = isObject(answer.status) ? answer.status : {};
  const expires = Date.parse(String(status.expirationTimestamp));
  if (typeof status.token === 'string' && !Number.isNaN(expires)) {
    secrets.add(status.token);
    return { token: status.token, expires };
  }
  throw new Failure('the API server answered a TokenRequest without a token or without its expiry', ExitCode.NO);
}

/**
 * Waits until the cluster has filled a token Secret, and returns the token.
 */
export async function filledToken(cluster: KubernetesClient, clock: Clock, namespace: string, name: string, signal: AbortSignal): Promise<string> {
  const path = objectPath({ group: '', version: 'v1', resource: 'secrets', namespace, name });
  for (const end = clock.now() + FILL_TIMEOUT; ;) {
    const token = tokenIn((await cluster.get(path)).data);
    if (token !== undefined) return token;
    if (clock.now() > end) throw new Failure(`the cluster did not write a token into Secret ${namespace}/${name} within ${FILL_TIMEOUT / 1000} s`, ExitCode.NO);
    await clock.sleep(200, signal);
  }
}

function tokenIn(data: Json | undefined): string | undefined {
  const encoded = isObject(data) ? data.token : undefined;
  if (typeof encoded !== 'string' || encoded === '') return undefined;
  const token = Buffer.from(encoded, 'base64').toString();
  secrets.add(token);
  return tokenClaims(token) ? token : undefined;
}
