import type { CredentialRecord } from './credential-store';
import type { Destination } from './destination';
import { IssuedToken, Issuer, issueToken, TokenOrder } from './issue-token';
import { UserError } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { spanInWords } from '../base/duration';
import { ExitCode } from '../base/exit-code';
import { Failure, HttpError } from '../base/failure';
import type { StepLog } from '../io/step-log';

/**
 * What is needed to put a new credential in its place.
 */
export interface ProvisionOptions extends Issuer {
  readonly steps: StepLog;
  readonly order: Omit<TokenOrder, 'destination'>;
  readonly destination: Destination;
  /** Seconds that it must live at least to be kept. */
  readonly shortest: number;
  /** The kubeconfig with a token in it. */
  kubeconfig(token: string): Kubeconfig;
  /** Looks whether a credential works, and fails when it does not. Without it nobody looks. */
  prove?(kubeconfig: Kubeconfig): Promise<void>;
}

/**
 * A credential that is in its place.
 */
export interface ProvisionedCredential {
  readonly record: CredentialRecord;
  readonly kubeconfig: Kubeconfig;
}

/**
 * Makes a credential, proves it, and only then keeps it. What is refused on the way is ended again; what a crash leaves behind is
 * `pending` in the ledger, and never in its place unless it works.
 */
export async function provisionCredential(supply: ProvisionOptions): Promise<ProvisionedCredential> {
  const { ledger, steps, clock } = supply;
  const { record, token, expires } = await issued(supply);
  steps.did(`${record.name}: token made, ${validityText(expires, clock.now())}`);
  const kubeconfig = await orEnd(supply, record, () => true, async () => {
    checkLifetime(supply, expires);
    const made = supply.kubeconfig(token);
    await supply.prove?.(made);
    return made;
  });
  if (supply.prove) steps.did('verified: it works in its namespace, and is Forbidden outside');
  // Whether a request whose answer is missing has put it there is not known, and what may be in use is not ended.
  await orEnd(supply, record, isDefinite, () => supply.destination.store(kubeconfig, (step) => steps.did(step)));
  return { record: await ledger.markStored(record, expires), kubeconfig };
}

function isDefinite(error: unknown): boolean {
  return error instanceof HttpError || error instanceof UserError;
}

async function orEnd<T>(supply: ProvisionOptions, record: CredentialRecord, ends: (error: unknown) => boolean, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (ends(error)) await end(supply, record);
    throw error;
  }
}

async function issued(supply: ProvisionOptions): Promise<IssuedToken> {
  return issueToken(supply, { ...supply.order, destination: await supply.destination.identity() });
}

/**
 * For people: `expires in 90 days (2027-02-22T…)`.
 */
export function validityText(expires: number | undefined, now: number): string {
  if (expires === undefined) return 'never expires';
  return `${expires > now ? `expires in ${spanInWords((expires - now) / 1000)}` : 'has expired'} (${new Date(expires).toISOString()})`;
}

/**
 * For programs: when it expires, or null when it never does.
 */
export function isoTime(expires: number | undefined): string | null {
  return expires === undefined ? null : new Date(expires).toISOString();
}

function checkLifetime({ clock, order, shortest }: ProvisionOptions, expires: number | undefined): void {
  // A second for what the server rounds.
  if (expires === undefined || expires - clock.now() >= (shortest - 1) * 1000) return;
  const [asked, granted] = [spanInWords(order.duration), spanInWords((expires - clock.now()) / 1000)];
  throw new Failure([
    `the API server lets a token live for ${granted} only (${asked} were asked for), so it is not kept: deployments would fail as soon as it has expired. Ways out:`,
    '- a token that does not expire: DeployerToken.tokenSecret() in the access manifests',
    '- no stored credential at all: DeployerIdentity.oidc() or DeployerIdentity.gitlabAgent()',
    '- a scheduled pipeline that runs `cdk8s-ci-deploy rotate --itself` often enough, and --shortest for this first one',
    '- the cluster\'s administrator raises --service-account-max-token-expiration of the API server',
  ].join('\n'), ExitCode.NO);
}

/** A Secret of the manifests stays, since they would only bring it back. */
async function end({ ledger, steps, order }: ProvisionOptions, record: CredentialRecord): Promise<void> {
  if (typeof order.tokenSecret === 'object' && order.tokenSecret.name === record.name) return;
  try {
    await ledger.delete(record);
    steps.did(`${record.name}: ended again`);
  } catch {
    steps.warn(`Secret ${record.name} is left, and with it a token that nobody keeps: the next run ends it`);
  }
}
