import type { DeployerRole } from '../access/deployer-role';
import { Problem, show } from '../base/user-error';
import { kindName, KINDS_VERSION, resourceOf, scopeOf } from '../kubernetes/kinds';
import { entryProblems, labelProblems, textProblems } from '../kubernetes/labels';
import { annotationKey, ANNOTATIONS_LIMIT, nameRuleOf } from '../kubernetes/names';
import { allows } from '../kubernetes/rbac';
import { Metadata, ObjectHeader } from '../kubernetes/rendered-objects';
import { ROLES_VERSION } from '../kubernetes/user-facing-roles';

/**
 * What a chart for one namespace accepts.
 */
export interface ChartRules {
  readonly namespace: string;
  /** Kinds of custom resources that live in a namespace, as `Kind.group`. */
  readonly namespacedKinds: ReadonlySet<string>;
  readonly role: Pick<DeployerRole, 'name' | '_rules' | '_leastPrivilege'>;
}

/** What server-side apply asks of the API server. */
const APPLY = ['get', 'create', 'patch'];

/**
 * What the API server, or the deployer's role, would refuse of an object.
 */
export function problemsOf(object: ObjectHeader, rules: ChartRules): Problem[] {
  const scope = checkScope(object, rules);
  return scope ? [scope] : [...checkRole(object, rules), ...checkPlace(object, rules), ...checkMetadata(object)];
}

function checkScope(object: ObjectHeader, rules: ChartRules): Problem | undefined {
  const { at, apiVersion, kind } = object;
  const name = kindName(apiVersion, kind);
  if (rules.namespacedKinds.has(name)) return undefined;
  switch (scopeOf(apiVersion, kind)) {
    case 'namespace': return undefined;
    case 'cluster': return {
      at,
      given: `${name} is cluster-scoped`,
      expected: `objects of namespace ${show(rules.namespace)}, all that its deployer may write`,
      fix: 'move it to the manifests that an administrator applies',
    };
    default: return {
      at,
      given: `${show(name)} is no kind of Kubernetes ${KINDS_VERSION}, so whether it is namespaced is not known`,
      expected: 'a known kind',
      fix: `if its custom resource definition says "scope: Namespaced", declare it by namespacedKinds: [${show(name)}]`,
    };
  }
}

function checkRole({ at, apiVersion, kind, metadata }: ObjectHeader, { role }: ChartRules): Problem[] {
  const resource = resourceOf(apiVersion, kind);
  const rules = role._rules();
  const name = typeof metadata.name === 'string' ? metadata.name : undefined;
  const missing = resource && rules ? APPLY.filter((verb) => !allows(rules, { verb, ...resource, name })) : [];
  if (missing.length === 0) return [];
  const isOwn = role._leastPrivilege() !== undefined;
  return [{
    at,
    given: isOwn
      ? `the deployer's Role may not ${missing.join(', ')} ${resource?.resource} ${show(name)}`
      : `ClusterRole ${show(role.name)} of Kubernetes ${ROLES_VERSION} may not ${missing.join(', ')} ${resource?.resource}`,
    expected: 'kinds that the deployer\'s role may write',
    fix: 'move it to the manifests that an administrator applies, or give the deployer another role',
  }];
}

function checkPlace(object: ObjectHeader, rules: ChartRules): Problem[] {
  const { namespace } = object.metadata;
  if (namespace === rules.namespace) return [];
  const subject = `${object.kind} ${show(object.metadata.name)}`;
  const given = namespace === undefined ? `${subject} has no namespace` : `${subject} is in namespace ${show(namespace)}`;
  return [{ at: object.at, given, expected: `namespace ${show(rules.namespace)}`, fix: fixOfPlace(object) }];
}

function fixOfPlace(object: ObjectHeader): string {
  if (object.metadata.namespace !== undefined) return 'leave its namespace out, or put it into a NamespacedChart of that namespace';
  return object.isItem ? 'write it in the item, since a chart gives its namespace to the List only' : 'define it in the NamespacedChart itself; a nested Chart does not inherit the namespace';
}

function checkMetadata({ at, kind, metadata }: ObjectHeader): Problem[] {
  return [
    ...textProblems(at, `metadata.name of ${kind}`, metadata.name, nameRuleOf(kind)),
    ...labelProblems(at, 'label', metadata.labels),
    ...entryProblems(at, 'annotation', metadata.annotations, annotationKey, () => undefined),
    ...checkAnnotationsSize(at, metadata),
  ];
}

function checkAnnotationsSize(at: string, metadata: Metadata): Problem[] {
  const size = Object.entries(metadata.annotations ?? {}).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (size <= ANNOTATIONS_LIMIT) return [];
  return [{ at, given: `its annotations have ${size} bytes`, expected: `at most ${ANNOTATIONS_LIMIT}`, fix: 'keep large data in a ConfigMap' }];
}
