import type { Access } from './access';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { allows, PolicyRule, ResourceRequest } from '../../kubernetes/rbac';

/**
 * Describes what access manifests allow, for the administrator who is about to apply them. The text is computed from the rules of the role.
 */
export function accessSummary(access: Access): string[] {
  const { role, namespace } = access;
  const head = `${subjectName(access)} gets ${role.kind} ${show(role.name)} in namespace ${show(namespace)}, and nothing outside it`;
  if (!role.rules) return [`${head}. The rights of that role are in the cluster only: kubectl describe clusterrole ${show(role.name)}`];
  const lines = role.kind === 'Role' ? [...role.rules.map(ruleText), 'may not  do anything else'] : rightsSummary(role.rules);
  return [`${head}. There it`, ...lines.map((line) => `  ${line}`)];
}

/** Each rule of a Role has a line of its own, since a rule may allow named objects only. */
function ruleText({ verbs, apiGroups = [], resources = [], resourceNames = [] }: PolicyRule): string {
  const what = resources.flatMap((resource) => apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`)));
  return `may      ${[verbs.join(', '), what.join(', '), ...resourceNames.length > 0 ? [resourceNames.map(show).join(', ')] : []].map(printable).join(' ')}`;
}

/**
 * `ServiceAccount "example/gitlab-example"`.
 */
export function subjectName({ subject }: Pick<Access, 'subject'>): string {
  return subject.namespace === undefined ? `${subject.kind} ${show(subject.name)}` : `${subject.kind} ${show(`${subject.namespace}/${subject.name}`)}`;
}

/**
 * One line for each right that matters: `may …`, `may not …`, or `partly …` when the rules allow some of its requests.
 */
export function rightsSummary(rules: readonly PolicyRule[]): string[] {
  return RIGHTS.map((right) => `${degree(rules, right).padEnd(8)} ${right.text}`);
}

function degree(rules: readonly PolicyRule[], { needs, isAnyEnough = false }: Right): 'may' | 'partly' | 'may not' {
  const allowed = needs.filter((request) => allows(rules, request)).length;
  if (allowed === 0) return 'may not';
  return isAnyEnough || allowed === needs.length ? 'may' : 'partly';
}

interface Right {
  readonly text: string;
  readonly needs: readonly ResourceRequest[];
  /** Whether one of the requests is enough to have the right. */
  readonly isAnyEnough?: boolean;
}

const RIGHTS: readonly Right[] = [
  { text: 'create, change and delete workloads (Deployments, StatefulSets, DaemonSets, Jobs, CronJobs)', needs: writing('apps', 'deployments', 'statefulsets', 'daemonsets').concat(writing('batch', 'jobs', 'cronjobs')) },
  { text: 'create, change and delete Services, Ingresses and ConfigMaps', needs: writing('', 'services', 'configmaps').concat(writing('networking.k8s.io', 'ingresses')) },
  {
    // A list or watch returns the content of the Secrets, too.
    text: 'read every Secret', isAnyEnough: true, needs: ['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets' })),
  },
  { text: 'create, change and delete Secrets', needs: writing('', 'secrets') },
  { text: 'delete PersistentVolumeClaims, and so the data on them', needs: [{ verb: 'delete', group: '', resource: 'persistentvolumeclaims' }] },
  { text: 'run commands in its pods', needs: [{ verb: 'create', group: '', resource: 'pods', subresource: 'exec' }] },
  {
    text: 'act as every ServiceAccount of the namespace (make its tokens, or impersonate it)',
    isAnyEnough: true,
    needs: [
      { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' }, { verb: 'impersonate', group: '', resource: 'serviceaccounts' },
    ],
  },
  { text: 'give its own rights in the namespace to others (Roles and RoleBindings)', needs: writing('rbac.authorization.k8s.io', 'roles', 'rolebindings') },
  {
    text: 'give away more rights than it has',
    isAnyEnough: true,
    needs: [{ verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles' }, { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'roles' }],
  },
  { text: 'change the namespace\'s quota and limits', needs: writing('', 'resourcequotas', 'limitranges') },
  { text: 'delete the namespace itself', needs: [{ verb: 'delete', group: '', resource: 'namespaces' }] },
];

function writing(group: string, ...resources: string[]): ResourceRequest[] {
  return resources.flatMap((resource) => ['create', 'patch', 'delete'].map((verb) => ({ verb, group, resource })));
}
