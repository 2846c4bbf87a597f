import type { TokenLifetime } from './credential-options';
import type { CredentialRecord, ServiceAccountRef } from './credential-store';
import type { Destination } from './destination';
import { issueToken, TokenIssuer, TokenOptions } from './issue-token';
import { UserError } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { spanInWords } from '../base/duration';
import { ExitCode, Failure, HttpError } from '../base/failure';
import type { StepLog } from '../io/step-log';

/**
 * The credential to create, and where to store it.
 */
export interface CredentialRequest {
  readonly account: ServiceAccountRef;
  readonly lifetime: TokenLifetime;
  /** See `TokenOptions`. */
  readonly tokenSecret?: TokenOptions['tokenSecret'];
  readonly destination: Destination;
  /** Builds the kubeconfig with a token. */
  kubeconfig(token: string): Kubeconfig;
  /** Throws when the credential does not work as expected. Without it, the credential is not verified. */
  verify?(kubeconfig: Kubeconfig): Promise<void>;
}

/**
 * A credential that its destination has stored.
 */
export interface ProvisionedCredential {
  readonly record: CredentialRecord;
  readonly kubeconfig: Kubeconfig;
}

/**
 * Creates a credential, verifies it, and stores it. If a step fails, revokes the credential. After a crash, the credential stays `pending`
 * in the cluster, and the next run revokes it.
 */
export async function provisionCredential(issuer: TokenIssuer, request: CredentialRequest, steps: StepLog): Promise<ProvisionedCredential> {
  const { store, clock } = issuer;
  const { account, lifetime, tokenSecret, destination } = request;
  const options = { account, duration: lifetime.duration, tokenSecret, destination: await destination.identity() };
  const { record, token, expires } = await issueToken(issuer, options);
  steps.did(`${record.name}: token created, ${validityText(expires, clock.now())}`);

  const kubeconfig = await revokeOnError(() => true, async () => {
    checkLifetime(lifetime, expires, clock.now());
    const built = request.kubeconfig(token);
    await request.verify?.(built);
    return built;
  });
  if (request.verify) steps.did('verified: the credential works in its namespace, and is Forbidden outside');

  // Without a definite answer, GitLab may have stored the credential, and a job may use it.
  await revokeOnError(isDefinite, async () => destination.store(kubeconfig, (step) => steps.did(step)));
  return { record: await store.markStored(record, expires), kubeconfig };

  async function revokeOnError<T>(condition: (error: unknown) => boolean, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (condition(error)) await revokeUnstored(issuer, record, tokenSecret, steps);
      throw error;
    }
  }
}

function isDefinite(error: unknown): boolean {
  return error instanceof HttpError || error instanceof UserError;
}

/** Keeps a token Secret of the manifests, since the next `grant` would apply it again. */
async function revokeUnstored({ store }: TokenIssuer, record: CredentialRecord, tokenSecret: TokenOptions['tokenSecret'], steps: StepLog): Promise<void> {
  if (typeof tokenSecret === 'object' && tokenSecret.name === record.name) return;
  try {
    await store.delete(record);
    steps.did(`${record.name}: revoked, since it is not stored`);
  } catch {
    steps.warn(`Secret ${record.name} could not be deleted, so its token stays valid: the next run revokes it`);
  }
}

function checkLifetime({ duration, shortest }: TokenLifetime, expires: number | undefined, now: number): void {
  // The API server rounds to seconds.
  if (expires === undefined || expires - now >= (shortest - 1) * 1000) return;
  const [requested, granted] = [spanInWords(duration), spanInWords((expires - now) / 1000)];
  throw new Failure([
    `the API server limits the lifetime of the token to ${granted} (requested: ${requested}). It is not stored, since deployments would soon fail. Use one of:`,
    '- a token that never expires: DeployerToken.tokenSecret() in the access manifests',
    '- no stored credential: DeployerIdentity.oidc() or DeployerIdentity.gitlabAgent()',
    '- a scheduled pipeline that often runs `cdk8s-ci-deploy rotate --itself`, and --shortest for this first token',
    '- a longer limit: the administrator of the cluster raises --service-account-max-token-expiration of the API server',
  ].join('\n'), ExitCode.NO);
}

/**
 * For people: `expires in 90 days (2027-02-22T…)`.
 */
export function validityText(expires: number | undefined, now: number): string {
  if (expires === undefined) return 'never expires';
  return `${expires > now ? `expires in ${spanInWords((expires - now) / 1000)}` : 'has expired'} (${new Date(expires).toISOString()})`;
}

/**
 * For programs: the expiry in ISO 8601, or null when the token never expires.
 */
export function isoTime(expires: number | undefined): string | null {
  return expires === undefined ? null : new Date(expires).toISOString();
}
