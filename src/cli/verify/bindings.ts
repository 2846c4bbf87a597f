import type { Identity, Questions } from './questions';
import { isObject, Json, JsonObject } from '../../private/json';
import { RBAC_GROUP } from '../../private/subject';

/**
 * The RoleBindings of a namespace that name an identity, for people: `extra (ClusterRole view)`. Nothing when they may not be seen.
 */
export async function bindingsOf(questions: Questions, identity: Identity, namespace: string): Promise<string[] | undefined> {
  const bindings = await questions.objects(`/apis/${RBAC_GROUP}/v1`, namespace, 'rolebindings');
  return bindings
    ?.filter(({ subjects }) => Array.isArray(subjects) && subjects.filter(isObject).some((subject) => names(subject, identity, namespace)))
    .map(({ metadata, roleRef }) => `${text(metadata, 'name')} (${text(roleRef, 'kind')} ${text(roleRef, 'name')})`);
}

function names({ kind, name, namespace }: JsonObject, { username, groups }: Identity, here: string): boolean {
  if (kind === 'Group') return groups.some((group) => group === name);
  return username === (kind === 'ServiceAccount' ? `system:serviceaccount:${String(namespace ?? here)}:${String(name)}` : name);
}

function text(value: Json | undefined, key: string): string {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}
