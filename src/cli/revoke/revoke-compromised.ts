import { accountUses } from './account-uses';
import { CreatedObject, metadataOf, objectsCreatedSince } from './created-objects';
import { deleteAndWait, heldText } from './delete-and-wait';
import { remainingRights } from './remaining-rights';
import { kubeconfigWith, Revocation } from './revocation';
import { isObject, JsonObject } from '../../base/json';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { objectName } from '../access/apply-access';
import { spanInWords } from '../base/duration';
import { ExitCode, Failure } from '../base/failure';
import { find } from '../cluster/find';
import { pathOfObject } from '../cluster/paths';
import { confirm } from '../command-line/confirm';
import { requestToken } from '../credentials/issue-token';
import { isAccepted, waitForRevocation } from '../credentials/wait-for-revocation';
import { tableLines } from '../io/table';
import { shortList } from '../verify/access-request';

/**
 * Revokes every token of the ServiceAccount: deletes its RoleBinding, then deletes and recreates the ServiceAccount.
 * The new ServiceAccount has another uid, so the API server rejects all tokens of the old one. A second run continues an interrupted one.
 *
 * @throws `Failure`, after the review, when an object is not deleted or the ServiceAccount still has rights.
 */
export async function revokeCompromised(revocation: Revocation): Promise<ExitCode> {
  const { context, access, administrator: { cluster }, steps } = revocation;
  const [binding, serviceAccount] = [objectOf(revocation, 'RoleBinding'), objectOf(revocation, 'ServiceAccount')];
  const since = grantTime(await find(cluster, pathOfObject(binding)), await find(cluster, pathOfObject(serviceAccount)));
  steps.note([
    `The command deletes ${objectName(binding)} and the Secrets of all credentials.`,
    `It deletes ${objectName(serviceAccount)} and creates it again.`,
  ].join('\n'));
  if (context.args.has('dry-run')) {
    steps.note('Nothing was changed (--dry-run).');
    return report(revocation, since, await objectsToReview(revocation, since), []);
  }
  await confirm(context, 'Revoke every token?');

  const sample = await sampleToken(revocation, serviceAccount);
  const unfinished = [...await removeRights(revocation, binding), ...await deleteSecrets(revocation)];
  // Nobody can create objects with the account's rights any more, so the list is complete.
  const review = await objectsToReview(revocation, since);
  unfinished.push(...await replaceAccount(revocation, serviceAccount, sample));
  if (context.args.has('remove-variable')) await revocation.destination?.remove?.((step) => steps.did(step));
  if (unfinished.length === 0) steps.note(`\`cdk8s-ci-deploy grant ${show(access.file)}\` gives access again.`);
  return report(revocation, since, review, unfinished);
}

/** Deletes the RoleBinding, and asks the API server which rights the account still has. Returns what is left to do. */
async function removeRights(revocation: Revocation, binding: JsonObject): Promise<string[]> {
  const { account, administrator: { cluster }, context: { clock, signal }, steps } = revocation;
  // A finalizer keeps the RoleBinding, and with it the rights of its subjects.
  const deletion = await deleteAndWait({ cluster, clock, signal }, binding, async (live) => {
    await cluster.merge(pathOfObject(binding), { metadata: { uid: metadataOf(live).uid }, subjects: [] });
    steps.did(`${objectName(binding)}: its subjects are removed, because its finalizers keep it`);
  });
  if (deletion === 'deleted') steps.did(`${objectName(binding)}: deleted`);
  const { rights, doubt } = await remainingRights({ cluster, clock, signal }, account);
  const who = `ServiceAccount ${account.name}`;
  const left = typeof deletion === 'object' ? [heldText(binding, deletion.heldBy, 'It has no subjects any more')] : [];
  if (rights === undefined) steps.warn(`the API server does not list the rights of ${who}, so they are not checked: ${printable(doubt ?? '')}`);
  else if (rights.length > 0) left.push(`${who} still has rights in ${account.namespace}: ${printable(shortList(rights))}. Delete the bindings of the list that name it`);
  else if (doubt === undefined) steps.did(`the API server lists no rights of ${who} in ${account.namespace}`);
  else steps.warn(`the API server lists no rights of ${who} in ${account.namespace}, but its list is incomplete: ${printable(doubt)}`);
  return left;
}

/** Deletes the ServiceAccount, creates it again, and waits until its earlier tokens are rejected. Returns what is left to do. */
async function replaceAccount(revocation: Revocation, serviceAccount: JsonObject, sample: string | undefined): Promise<string[]> {
  const { context, administrator: { cluster }, steps } = revocation;
  const deletion = await deleteAndWait({ cluster, clock: context.clock, signal: context.signal }, serviceAccount);
  if (typeof deletion === 'object') return [heldText(serviceAccount, deletion.heldBy, 'The API server may accept its tokens until it is deleted')];
  if (deletion === 'deleted') steps.did(`${objectName(serviceAccount)}: deleted`);
  await cluster.apply(pathOfObject(serviceAccount), serviceAccount);
  steps.did(`${objectName(serviceAccount)}: created again`);
  if (sample !== undefined) {
    const waited = await waitForRevocation(context, kubeconfigWith(revocation, sample));
    steps.did(`the API server answers 401 to every earlier token, ${spanInWords(waited / 1000)} after the deletion`);
  }
  return [];
}

/** What to review: the objects that use the account, whatever their age, and those that were created since the grant. */
async function objectsToReview(revocation: Revocation, since: string | undefined): Promise<Review> {
  const { account, administrator: { cluster } } = revocation;
  const { objects: uses, unchecked } = await accountUses(cluster, account);
  const created = await objectsCreatedSince(cluster, account.namespace, since);
  const others = created.filter((object) => !uses.some(({ kind, name }) => kind === object.kind && name === object.name));
  return {
    objects: [...uses, ...others].filter((object) => !isInManifests(revocation, object)),
    hasPods: uses.some(({ kind }) => !kind.endsWith('RoleBinding')),
    unchecked,
  };
}

interface Review {
  readonly objects: readonly CreatedObject[];
  /** Whether there are objects whose pods run as the account. */
  readonly hasPods: boolean;
  /** The resources that could not be listed, each with the reason. */
  readonly unchecked: readonly string[];
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

/** Deletes the Secrets of all credentials. Returns what is left to do. */
async function deleteSecrets({ store, steps, account: { namespace }, administrator: { cluster }, context }: Revocation): Promise<string[]> {
  const { clock, signal } = context;
  const left: string[] = [];
  for (const { name } of await store.list()) {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } };
    const deletion = await deleteAndWait({ cluster, clock, signal }, secret);
    if (typeof deletion === 'object') left.push(heldText(secret, deletion.heldBy, 'The deletion of the ServiceAccount revokes its token'));
    else steps.did(`Secret ${name}: deleted`);
  }
  return left;
}

function isInManifests({ access }: Revocation, { kind, name }: CreatedObject): boolean {
  return access.objects.some((object) => object.kind === kind && isObject(object.metadata) && object.metadata.name === name);
}

function report(revocation: Revocation, since: string | undefined, review: Review, unfinished: readonly string[]): ExitCode {
  const { context: { args, stdout }, account, steps } = revocation;
  const { objects, hasPods, unchecked } = review;
  if (args.one('output') === 'json') {
    stdout.json({ since: since ?? null, review: objects, unchecked, unfinished });
  } else {
    const when = since === undefined ? 'at any time (the RoleBinding is deleted already)' : `since the grant (${since})`;
    stdout.write(objects.length === 0
      ? `Nothing to review: no ServiceAccount, RoleBinding, Role, token or CronJob was created in ${account.namespace} ${when}, and ${usesNothing(unchecked)}.\n`
      : reviewText(account.namespace, when, objects));
  }
  for (const resource of unchecked) steps.warn(`not checked for pods that run as ServiceAccount ${account.name}: ${printable(resource)}`);
  if (hasPods) steps.note(`Pods that run as ServiceAccount ${account.name} get its new tokens: delete them before \`grant\` gives it rights again.`);
  steps.note('This list lacks tokens that the credential requested for other ServiceAccounts of the namespace: delete those ServiceAccounts to revoke them.');
  if (unfinished.length > 0) throw new Failure(unfinished.join('\n'), ExitCode.NO);
  return ExitCode.DONE;
}

function usesNothing(unchecked: readonly string[]): string {
  return unchecked.length === 0 ? 'no object uses the ServiceAccount' : 'no object that was checked uses the ServiceAccount';
}

function reviewText(namespace: string, when: string, review: readonly CreatedObject[]): string {
  // An attacker chose these names, and a name of a Role or RoleBinding may hold almost any character.
  const lines = tableLines(review.map(({ kind, name, created, says }) => [`  ${printable(`${kind} ${name}`)}`, created, printable(says)]));
  return [`Review what was created in ${namespace} ${when}, and what uses the ServiceAccount:`, ...lines, ''].join('\n');
}
