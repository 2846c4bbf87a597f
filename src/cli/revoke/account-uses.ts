import { bindingEffect, CreatedObject, fieldText, metadataOf } from './created-objects';
import { isObject, JsonObject } from '../../base/json';
import { RBAC_GROUP } from '../../kubernetes/rbac';
import { serviceAccountUser, serviceAccountUses } from '../../kubernetes/service-accounts';
import { concurrently } from '../base/concurrency';
import { Failure, Interrupted } from '../base/failure';
import { find } from '../cluster/find';
import type { ApiResource, KubernetesClient } from '../cluster/kubernetes-client';
import { collectionPath, CollectionReference } from '../cluster/paths';
import type { ServiceAccountRef } from '../credentials/credential-store';

/**
 * The objects that use a ServiceAccount.
 */
export interface AccountUses {
  /** Objects whose pods run as the account, and bindings in all namespaces that name it. */
  readonly objects: readonly CreatedObject[];
  /** The resources that could not be listed, each with the reason. */
  readonly unchecked: readonly string[];
}

/**
 * Finds the objects that use a ServiceAccount, whatever their age: a ServiceAccount that is created again gives new tokens to all of them.
 * It reads every kind of the namespace that the server serves, custom resources included.
 */
export async function accountUses(cluster: KubernetesClient, account: ServiceAccountRef): Promise<AccountUses> {
  const kinds = listedKinds(await cluster.resources(), account.namespace);
  const unchecked: string[] = [];
  const found = await concurrently(kinds, async ({ kind, use, ...collection }) => {
    try {
      const { items } = await find(cluster, collectionPath(collection)) ?? {};
      return (Array.isArray(items) ? items : []).filter(isObject).flatMap((object) => describe(kind, object, use(object, account), account));
    } catch (error) {
      if (!(error instanceof Failure) || error instanceof Interrupted) throw error;
      unchecked.push(`${collection.resource}: ${error.message}`);
      return [];
    }
  });
  return { objects: found.flat(), unchecked: unchecked.sort() };
}

interface ListedKind extends CollectionReference {
  readonly kind: string;
  /** Says how the object uses the account. Returns nothing when it does not. */
  readonly use: (object: JsonObject, account: ServiceAccountRef) => string | undefined;
}

/** Resources without pods. Secrets and ConfigMaps stay unread. */
const WITHOUT_PODS = new Set(['secrets', 'configmaps', 'events', 'leases', 'endpoints', 'endpointslices', 'controllerrevisions', 'rolebindings', 'roles']);

function listedKinds(resources: readonly ApiResource[], namespace: string): ListedKind[] {
  const listable = resources.filter((each) => each.namespaced && each.verbs.includes('list') && !WITHOUT_PODS.has(each.resource));
  // The server lists the preferred version of a group first, and converts the objects of the others into it.
  const preferred = new Map([...listable].reverse().map((each) => [`${each.resource}.${each.group}`, each]));
  return [
    ...[...preferred.values()].reverse().map(({ kind, group, version, resource }) => ({ kind, group, version, resource, namespace, use: podUse })),
    { kind: 'RoleBinding', group: RBAC_GROUP, version: 'v1', resource: 'rolebindings', use: bindingUse },
    { kind: 'ClusterRoleBinding', group: RBAC_GROUP, version: 'v1', resource: 'clusterrolebindings', use: bindingUse },
  ];
}

function podUse(object: JsonObject, { name }: ServiceAccountRef): string | undefined {
  if (!serviceAccountUses(object).some(({ account }) => account === name)) return undefined;
  const owners = metadataOf(object).ownerReferences;
  const names = (Array.isArray(owners) ? owners : []).map((owner) => `${fieldText(owner, 'kind')} ${fieldText(owner, 'name')}`);
  return [`runs as ServiceAccount ${name}`, ...names.length > 0 ? [`owned by ${names.join(', ')}`] : []].join(', ');
}

function bindingUse(binding: JsonObject, { namespace, name }: ServiceAccountRef): string | undefined {
  const subjects = Array.isArray(binding.subjects) ? binding.subjects : [];
  const isNamed = subjects.some((subject) => {
    const subjectName = fieldText(subject, 'name');
    if (fieldText(subject, 'kind') === 'User') return subjectName === serviceAccountUser(namespace, name);
    return fieldText(subject, 'kind') === 'ServiceAccount' && subjectName === name && fieldText(subject, 'namespace') === namespace;
  });
  return isNamed ? bindingEffect(binding) : undefined;
}

function describe(kind: string, { metadata }: JsonObject, says: string | undefined, account: ServiceAccountRef): CreatedObject[] {
  if (says === undefined) return [];
  const [name, namespace] = [fieldText(metadata, 'name'), fieldText(metadata, 'namespace')];
  const isElsewhere = namespace !== '' && namespace !== account.namespace;
  return [{ kind, name: isElsewhere ? `${namespace}/${name}` : name, created: fieldText(metadata, 'creationTimestamp'), says }];
}
