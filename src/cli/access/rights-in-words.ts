import type { Access } from './access';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { allows, PolicyRule, ResourceRequest } from '../../kubernetes/rbac';

/**
 * What access manifests mean, for the person who is about to apply them. What is said follows from the rules, so it cannot disagree with them.
 */
export function accessInWords(access: Access): string[] {
  const { role, namespace } = access;
  const head = `${subjectInWords(access)} gets ${role.kind} ${show(role.name)} in namespace ${show(namespace)}, and nothing outside it`;
  if (!role.rules) return [`${head}. What that role allows is not known here: kubectl describe clusterrole ${show(role.name)}`];
  const lines = role.kind === 'Role' ? [...role.rules.map(ruleInWords), 'may not  do anything else'] : rightsInWords(role.rules);
  return [`${head}. There it`, ...lines.map((line) => `  ${line}`)];
}

/** A rule by itself: what it allows of objects that are named is no right over all of them. */
function ruleInWords({ verbs, apiGroups = [], resources = [], resourceNames = [] }: PolicyRule): string {
  const what = resources.flatMap((resource) => apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`)));
  return `may      ${[verbs.join(', '), what.join(', '), ...resourceNames.length > 0 ? [resourceNames.map(show).join(', ')] : []].map(printable).join(' ')}`;
}

/**
 * The subject as people name it.
 */
export function subjectInWords({ subject }: Pick<Access, 'subject'>): string {
  return subject.namespace === undefined ? `${subject.kind} ${show(subject.name)}` : `${subject.kind} ${show(`${subject.namespace}/${subject.name}`)}`;
}

/** `may …`, `may not …`, and `partly …` where it is some of it; the dangerous ones with what they amount to. */
export function rightsInWords(rules: readonly PolicyRule[]): string[] {
  return RIGHTS.map((right) => `${howFar(rules, right).padEnd(8)} ${right.words}`);
}

function howFar(rules: readonly PolicyRule[], { needs, isOneEnough = false }: Right): 'may' | 'partly' | 'may not' {
  const allowed = needs.filter((request) => allows(rules, request)).length;
  if (allowed === 0) return 'may not';
  return isOneEnough || allowed === needs.length ? 'may' : 'partly';
}

interface Right {
  readonly words: string;
  readonly needs: readonly ResourceRequest[];
  /** Whether one of them amounts to all of it. */
  readonly isOneEnough?: boolean;
}

const RIGHTS: readonly Right[] = [
  { words: 'create, change and delete workloads (Deployments, StatefulSets, DaemonSets, Jobs, CronJobs)', needs: writing('apps', 'deployments', 'statefulsets', 'daemonsets').concat(writing('batch', 'jobs', 'cronjobs')) },
  { words: 'create, change and delete Services, Ingresses and ConfigMaps', needs: writing('', 'services', 'configmaps').concat(writing('networking.k8s.io', 'ingresses')) },
  {
    // Lists and watches have the content in them.
    words: 'read every Secret', isOneEnough: true, needs: ['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets' })),
  },
  { words: 'create, change and delete Secrets', needs: writing('', 'secrets') },
  { words: 'delete PersistentVolumeClaims, and so the data on them', needs: [{ verb: 'delete', group: '', resource: 'persistentvolumeclaims' }] },
  { words: 'run commands in its pods', needs: [{ verb: 'create', group: '', resource: 'pods', subresource: 'exec' }] },
  {
    words: 'act as every ServiceAccount of the namespace (make its tokens, or impersonate it)',
    isOneEnough: true,
    needs: [
      { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' }, { verb: 'impersonate', group: '', resource: 'serviceaccounts' },
    ],
  },
  { words: 'give its own rights in the namespace to others (Roles and RoleBindings)', needs: writing('rbac.authorization.k8s.io', 'roles', 'rolebindings') },
  {
    words: 'give away more rights than it has',
    isOneEnough: true,
    needs: [{ verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles' }, { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'roles' }],
  },
  { words: 'change the namespace\'s quota and limits', needs: writing('', 'resourcequotas', 'limitranges') },
  { words: 'delete the namespace itself', needs: [{ verb: 'delete', group: '', resource: 'namespaces' }] },
];

function writing(group: string, ...resources: string[]): ResourceRequest[] {
  return resources.flatMap((resource) => ['create', 'patch', 'delete'].map((verb) => ({ verb, group, resource })));
}
