import type { GitlabOwner, GitlabToken, GitlabVariable } from './gitlab';
import { isObject, Json } from '../../base/json';

/**
 * What GitLab answers, read without trusting it: nothing where an answer is not of the form that it should have.
 */
export function tokenOf(answer: Json | undefined): GitlabToken | undefined {
  if (!isObject(answer) || typeof answer.name !== 'string' || !Array.isArray(answer.scopes)) return undefined;
  const { name, scopes, active, expires_at: expiresAt } = answer;
  return { name, scopes: scopes.map(String), active: active !== false, ...(typeof expiresAt === 'string' ? { expiresAt } : {}) };
}

/**
 * A project names its group in its namespace, a group its parent.
 */
export function ownerOf(kind: GitlabOwner['kind'], answer: Json | undefined): GitlabOwner | undefined {
  if (!isObject(answer) || typeof answer.id !== 'number') return undefined;
  const path = kind === 'project' ? answer.path_with_namespace : answer.full_path;
  const groupId = kind === 'project' ? groupOf(answer.namespace) : answer.parent_id;
  if (typeof path !== 'string') return undefined;
  return { kind, id: answer.id, path, ...(typeof groupId === 'number' ? { groupId } : {}) };
}

export function variableOf(answer: Json | undefined): GitlabVariable | undefined {
  if (!isObject(answer) || typeof answer.key !== 'string') return undefined;
  const { key, variable_type: type, environment_scope: scope } = answer;
  return {
    key,
    environmentScope: typeof scope === 'string' ? scope : '*',
    type: type === 'file' ? 'file' : 'env_var',
    protected: answer.protected === true,
    masked: answer.masked === true,
    hidden: answer.hidden === true,
  };
}

export function variablesOf(answer: Json | undefined): GitlabVariable[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const variables = answer.map(variableOf);
  return variables.every((variable) => variable !== undefined) ? variables : undefined;
}

function groupOf(namespace: Json | undefined): Json | undefined {
  return isObject(namespace) && namespace.kind === 'group' ? namespace.id : undefined;
}
