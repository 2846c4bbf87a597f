import type { CredentialStore, ServiceAccountRef, CredentialRecord } from './credential-store';
import { isObject, Json } from '../../base/json';
import { tokenClaims } from '../../kubernetes/token-claims';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { objectPath } from '../cluster/paths';

/**
 * Whose token is made, and what it is for.
 */
export interface TokenOrder {
  readonly account: ServiceAccountRef;
  /** Where it will be kept. */
  readonly destination: string;
  /** Seconds that a token is asked to live. Token Secrets have no use for it. */
  readonly duration: number;
  /** A Secret of the manifests for the cluster to put a token into; `new` makes one. Without it a token is requested. */
  readonly tokenSecret?: { readonly name: string } | 'new';
}

/**
 * Who makes it.
 */
export interface Issuer {
  readonly cluster: KubernetesClient;
  readonly ledger: CredentialStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface IssuedToken {
  readonly record: CredentialRecord;
  readonly token: string;
  /** Milliseconds since 1970, as the API server granted it; missing when it never expires. */
  readonly expires?: number;
}

/** How long the token controller may take to fill a Secret. */
const FILLED_WITHIN = 30_000;

/**
 * Makes a token that ends when its Secret is deleted.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export async function issueToken({ cluster, ledger, clock, signal }: Issuer, order: TokenOrder): Promise<IssuedToken> {
  const { tokenSecret, destination, account } = order;
  if (tokenSecret === undefined) {
    const record = await ledger.create('bound', destination);
    return { record, ...await requestToken(cluster, account, order.duration, record) };
  }
  const record = tokenSecret === 'new' ? await ledger.create('token-secret', destination) : await ledger.adopt(tokenSecret.name, destination);
  return { record, token: await filledToken(cluster, clock, account.namespace, record.name, signal) };
}

/**
 * A token bound to a Secret, or to nothing.
 */
export async function requestToken(
  cluster: KubernetesClient, account: ServiceAccountRef, duration: number, boundTo?: Pick<CredentialRecord, 'name' | 'uid'>,
): Promise<{ token: string; expires: number }> {
  const path = objectPath({ group: '', version: 'v1', resource: 'serviceaccounts', namespace: account.namespace, name: account.name, subresource: 'token' });
  const boundObjectRef = boundTo && { apiVersion: 'v1', kind: 'Secret', name: boundTo.name, uid: boundTo.uid };
  // A second one, made because the answer with the first was lost, ends with the same Secret.
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: duration, boundObjectRef } };
  const answer = await cluster.create(path, request, { repeatable: true });
  const status = isObject(answer.status) ? answer.status : {};
  const expires = Date.parse(String(status.expirationTimestamp));
  if (typeof status.token === 'string' && !Number.isNaN(expires)) return { token: status.token, expires };
  throw new Failure('the API server answered a TokenRequest without a token and its expiry', ExitCode.NO);
}

/**
 * The token in a token Secret, once the cluster has put it there.
 */
export async function filledToken(cluster: KubernetesClient, clock: Clock, namespace: string, name: string, signal: AbortSignal): Promise<string> {
  const path = objectPath({ group: '', version: 'v1', resource: 'secrets', namespace, name });
  for (const end = clock.now() + FILLED_WITHIN; ;) {
    const token = tokenIn((await cluster.get(path)).data);
    if (token !== undefined) return token;
    if (clock.now() > end) throw new Failure(`the cluster has put no token into Secret ${namespace}/${name} for ${FILLED_WITHIN / 1000} s`, ExitCode.NO);
    await clock.sleep(200, signal);
  }
}

function tokenIn(data: Json | undefined): string | undefined {
  const encoded = isObject(data) ? data.token : undefined;
  if (typeof encoded !== 'string' || encoded === '') return undefined;
  const token = Buffer.from(encoded, 'base64').toString();
  return tokenClaims(token) ? token : undefined;
}
