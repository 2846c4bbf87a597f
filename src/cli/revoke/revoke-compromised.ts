import { CreatedObject, objectsCreatedSince } from './created-objects';
import { kubeconfigWith, Revocation } from './revocation';
import { isObject, JsonObject } from '../../base/json';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { objectName } from '../access/apply-access';
import { spanInWords } from '../base/duration';
import { ExitCode } from '../base/failure';
import { find } from '../cluster/find';
import { pathOfObject } from '../cluster/paths';
import { confirm } from '../command-line/confirm';
import { requestToken } from '../credentials/issue-token';
import { isAccepted, waitForRevocation } from '../credentials/wait-for-revocation';
import { tableLines } from '../io/table';

/**
 * Revokes every token of the ServiceAccount: deletes its RoleBinding, then deletes and recreates the ServiceAccount.
 * The new ServiceAccount has another uid, so the API server rejects all tokens of the old one. A second run continues an interrupted one.
 */
export async function revokeCompromised(revocation: Revocation): Promise<ExitCode> {
  const { context, access, account, administrator: { cluster }, steps } = revocation;
  const [binding, serviceAccount] = [objectOf(revocation, 'RoleBinding'), objectOf(revocation, 'ServiceAccount')];
  const since = grantTime(await find(cluster, pathOfObject(binding)), await find(cluster, pathOfObject(serviceAccount)));
  const review = (await objectsCreatedSince(cluster, account.namespace, since)).filter((object) => !isInManifests(revocation, object));
  steps.note([
    `The command deletes ${objectName(binding)} and the Secrets of all credentials.`,
    `It deletes ${objectName(serviceAccount)} and creates it again.`,
  ].join('\n'));
  if (context.args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return report(revocation, since, review);
  }
  await confirm(context, 'Revoke every token?');

  const sample = await sampleToken(revocation, serviceAccount);
  if (await cluster.delete(pathOfObject(binding))) steps.did(`${objectName(binding)}: deleted, so the ServiceAccount has no rights`);
  await deleteSecrets(revocation);
  if (await cluster.delete(pathOfObject(serviceAccount))) steps.did(`${objectName(serviceAccount)}: deleted`);
  await cluster.apply(pathOfObject(serviceAccount), serviceAccount);
  steps.did(`${objectName(serviceAccount)}: created again`);
  if (sample !== undefined) {
    const waited = await waitForRevocation(context, kubeconfigWith(revocation, sample));
    steps.did(`the API server answers 401 to every earlier token, ${spanInWords(waited / 1000)} after the deletion`);
  }
  if (context.args.has('remove-variable')) await revocation.destination?.remove?.((step) => steps.did(step));
  steps.note(`\`cdk8s-ci-deploy grant ${show(access.file)}\` gives access again.`);
  return report(revocation, since, review);
}

function objectOf({ access }: Revocation, kind: string): JsonObject {
  const object = access.objects.find((each) => each.kind === kind);
  if (object) return object;
  throw new Error(`access manifests with a ServiceAccount have a ${kind}`);
}

/**
 * The older creation time of the RoleBinding and the ServiceAccount. Unknown without the RoleBinding, which an earlier run has deleted.
 *
 * An attacker with ClusterRole admin can recreate the RoleBinding, which makes it younger than other objects. Recreating the
 * ServiceAccount would also revoke the attacker's tokens.
 */
function grantTime(binding: JsonObject | undefined, serviceAccount: JsonObject | undefined): string | undefined {
  const times = [binding, serviceAccount].flatMap((object) => createdOf(object) ?? []);
  // The API server writes RFC 3339 in UTC without fractions, which sorts by time.
  return binding && times.sort()[0];
}

function createdOf(object: JsonObject | undefined): string | undefined {
  const metadata = object && isObject(object.metadata) ? object.metadata : {};
  return typeof metadata.creationTimestamp === 'string' ? metadata.creationTimestamp : undefined;
}

/** A token that is bound to nothing, like one that an attacker requested. The API server must accept it before the deletion. */
async function sampleToken(revocation: Revocation, serviceAccount: JsonObject): Promise<string | undefined> {
  const { administrator: { cluster }, account, context } = revocation;
  if (!await find(cluster, pathOfObject(serviceAccount))) return undefined;
  const { token } = await requestToken(cluster, account, 600);
  await isAccepted(context, kubeconfigWith(revocation, token));
  return token;
}

async function deleteSecrets({ store, steps }: Revocation): Promise<void> {
  for (const record of await store.list()) {
    await store.delete(record);
    steps.did(`Secret ${record.name}: deleted`);
  }
}

function isInManifests({ access }: Revocation, { kind, name }: CreatedObject): boolean {
  return access.objects.some((object) => object.kind === kind && isObject(object.metadata) && object.metadata.name === name);
}

function report({ context: { args, stdout }, account, steps }: Revocation, since: string | undefined, review: readonly CreatedObject[]): ExitCode {
  if (args.one('output') === 'json') {
    stdout.json({ since: since ?? null, review });
    return ExitCode.DONE;
  }
  const when = since === undefined ? 'at any time (the RoleBinding is deleted already)' : `since the grant (${since})`;
  stdout.write(review.length === 0
    ? `Nothing to review: no ServiceAccount, RoleBinding, Role, token or CronJob was created in ${account.namespace} ${when}.\n`
    : reviewText(account.namespace, when, review));
  steps.note('This list lacks tokens that the credential requested for other ServiceAccounts of the namespace: delete those ServiceAccounts to revoke them.');
  return ExitCode.DONE;
}

function reviewText(namespace: string, when: string, review: readonly CreatedObject[]): string {
  // An attacker chose these names, and a name of a Role or RoleBinding may hold almost any character.
  const lines = tableLines(review.map(({ kind, name, created, says }) => [`  ${printable(`${kind} ${name}`)}`, created, printable(says)]));
  return [`Review what was created in ${namespace} ${when}:`, ...lines, ''].join('\n');
}
