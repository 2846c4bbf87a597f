import { CreatedObject, objectsCreatedSince } from './created-objects';
import { Revocation, kubeconfigWith } from './revocation';
import { isObject, JsonObject } from '../../base/json';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { objectName } from '../access/apply-access';
import { spanInWords } from '../base/duration';
import { ExitCode } from '../base/exit-code';
import { find } from '../cluster/find';
import { pathOfObject } from '../cluster/paths';
import { confirm } from '../command-line/confirm';
import { requestToken } from '../credentials/issue-token';
import { isAccepted, waitForRevocation } from '../credentials/wait-for-revocation';

/**
 * Ends everything that was ever made of the account: its rights first, then the account, whose successor has another uid, so that no token
 * of the old one means anything. Ended half-way and run again, it goes on.
 */
export async function revokeCompromised(revocation: Revocation): Promise<ExitCode> {
  const { context, access, account, administrator: { cluster }, steps } = revocation;
  const [binding, serviceAccount] = [objectOf(revocation, 'RoleBinding'), objectOf(revocation, 'ServiceAccount')];
  const since = grantedSince(await found(revocation, binding), await found(revocation, serviceAccount));
  const review = (await objectsCreatedSince(cluster, account.namespace, since)).filter((made) => !isOurs(revocation, made));
  steps.note(`${objectName(binding)} is deleted, ${objectName(serviceAccount)} is deleted and made anew, its credentials are deleted.`);
  if (context.args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return report(revocation, since, review);
  }
  await confirm(context, 'End all of it?');

  const sample = await sampleOf(revocation, serviceAccount);
  if (await cluster.delete(pathOfObject(binding))) steps.did(`${objectName(binding)}: deleted; the account has no rights`);
  await endRecords(revocation);
  if (await cluster.delete(pathOfObject(serviceAccount))) steps.did(`${objectName(serviceAccount)}: deleted`);
  await cluster.apply(pathOfObject(serviceAccount), serviceAccount);
  steps.did(`${objectName(serviceAccount)}: made anew`);
  if (sample !== undefined) {
    const after = await waitForRevocation(context, kubeconfigWith(revocation, sample));
    steps.did(`the API server answers 401 to every token made for it before, since ${spanInWords(after / 1000)} after that`);
  }
  if (context.args.has('remove-variable')) await revocation.destination?.remove?.((step) => steps.did(step));
  steps.note(`\`cdk8s-ci-deploy grant ${show(access.file)}\` gives access again.`);
  return report(revocation, since, review);
}

function objectOf({ access }: Revocation, kind: string): JsonObject {
  const object = access.objects.find((each) => each.kind === kind);
  if (object) return object;
  throw new Error(`access manifests of an account have a ${kind}`);
}

async function found({ administrator: { cluster } }: Revocation, object: JsonObject): Promise<JsonObject | undefined> {
  return find(cluster, pathOfObject(object));
}

/**
 * When the first of them was made; not known without a RoleBinding, when this has run before. Whoever has the rights of ClusterRole admin can make
 * the RoleBinding anew, so that it is younger than what he has made before, but not the account without ending his own tokens.
 */
function grantedSince(binding: JsonObject | undefined, serviceAccount: JsonObject | undefined): string | undefined {
  const times = [binding, serviceAccount].flatMap((object) => createdOf(object) ?? []);
  // RFC 3339 in UTC without fractions, as the API server writes it, sorts by time.
  return binding && times.sort()[0];
}

function createdOf(object: JsonObject | undefined): string | undefined {
  const metadata = object && isObject(object.metadata) ? object.metadata : {};
  return typeof metadata.creationTimestamp === 'string' ? metadata.creationTimestamp : undefined;
}

/** Bound to nothing, as one that was stolen with the account's own help would be. */
async function sampleOf(revocation: Revocation, serviceAccount: JsonObject): Promise<string | undefined> {
  if (!await found(revocation, serviceAccount)) return undefined;
  const { token } = await requestToken(revocation.administrator.cluster, revocation.account, 600);
  await isAccepted(revocation.context, kubeconfigWith(revocation, token));
  return token;
}

async function endRecords({ ledger, steps }: Revocation): Promise<void> {
  for (const record of await ledger.list()) {
    await ledger.delete(record);
    steps.did(`Secret ${record.name}: deleted`);
  }
}

function isOurs({ access }: Revocation, { kind, name }: CreatedObject): boolean {
  return access.objects.some((object) => object.kind === kind && isObject(object.metadata) && object.metadata.name === name);
}

function report({ context: { args, stdout }, account, steps }: Revocation, since: string | undefined, review: readonly CreatedObject[]): ExitCode {
  const when = since === undefined ? 'at any time, since the RoleBinding is gone already' : `since the grant (${since})`;
  if (args.one('output') === 'json') {
    stdout.write(`${JSON.stringify({ since: since ?? null, review }, null, 2)}\n`);
    return ExitCode.DONE;
  }
  stdout.write(review.length === 0 ? `Nothing to look through: no account, binding, token or CronJob was made in ${account.namespace} ${when}.\n` : reviewText(account.namespace, when, review));
  steps.note('Tokens that it may have made of other ServiceAccounts of the namespace are not seen here: delete those accounts to end them.');
  return ExitCode.DONE;
}

function reviewText(namespace: string, when: string, review: readonly CreatedObject[]): string {
  // Names of Roles and RoleBindings may hold anything but a slash, and those who made them are not trusted.
  const names = review.map(({ kind, name }) => printable(`${kind} ${name}`));
  const width = Math.max(...names.map(({ length }) => length));
  const lines = review.map(({ created, says }, index) => `  ${names[index]?.padEnd(width)}  ${created}  ${printable(says)}`);
  return [`Look through what was made in ${namespace} ${when}:`, ...lines, ''].join('\n');
}
