import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { chartAccountRules, checkAccountsWhenRendered } from './deployer-accounts';
import { DeployerRole } from '../access/deployer-role';
import { userError, show, Problem } from '../base/user-error';
import { hookProblem } from '../kubernetes/hooks';
import { deprecatedApi, kindName, KINDS_VERSION, removedApi, resourceOf, scopeOf } from '../kubernetes/kinds';
import { checkNamespace, entryProblems, labelProblems, textProblems, annotationKey, ANNOTATIONS_LIMIT, nameRuleOf } from '../kubernetes/names';
import { allows } from '../kubernetes/rbac';
import { headersBelow, Metadata, ObjectHeader } from '../kubernetes/rendered-objects';
import { toolInput } from '../kubernetes/tool-input';
import { ROLES_VERSION } from '../kubernetes/user-facing-roles';

/**
 * Props of a chart for one namespace.
 */
export interface NamespacedChartProps {
  /**
   * The namespace of every object in the chart.
   */
  readonly namespace: string;

  /**
   * The rights of the deployer in the namespace. Objects that it may not write are errors.
   * The rights for custom resources depend on the cluster, so `namespacedKinds` are not checked.
   *
   * @default DeployerRole.admin()
   */
  readonly role?: DeployerRole;

  /**
   * The namespaced kinds of custom resources in the chart, as `Kind.group`: `Certificate.cert-manager.io`.
   * Do not list Kubernetes' own kinds.
   *
   * @default - no custom resources
   */
  readonly namespacedKinds?: string[];

  /**
   * Labels of every object in the chart.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Whether cdk8s omits the hash in the names that it generates for objects.
   *
   * @default false
   */
  readonly disableResourceNameHashes?: boolean;

  /**
   * ServiceAccounts that objects of the chart may use although they are those of a deployer of the namespace.
   * Everyone who controls such a pod, or reads such a Secret, can deploy.
   *
   * @default - none
   */
  readonly allowedServiceAccounts?: string[];

  /**
   * Whether the namespaces `default` and `kube-*` are allowed.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;
}

const BRAND = Symbol.for('cdk8s-ci-deploy.NamespacedChart');

/**
 * A chart that a deployer of one namespace can apply.
 *
 * Synthesis checks every object, whether it comes from a construct, Include, Helm, a raw API object or a List: it must be in the namespace,
 * the deployer's role must allow it, and its name, labels and annotations must be valid. Kubernetes must still serve its API version, and its values
 * must not be encrypted. For a deprecated API version, Node.js prints a warning. No object may use the deployer's ServiceAccount.
 * A hook of Helm or Argo CD must be a Job that installs or upgrades: a deployment does not run hooks of other occasions.
 *
 * @example
 * import { App } from 'cdk8s';
 * import { CiDeployment, NamespacedChart } from 'cdk8s-ci-deploy';
 *
 * const app = new App();
 * const chart = new NamespacedChart(app, 'web', { namespace: 'example' });
 * new CiDeployment(chart, 'web', { port: 8080 });
 * app.synth();
 */
export class NamespacedChart extends Chart {
  /**
   * @param scope The app, or a chart of the same namespace.
   * @param id The construct id, which is also the name of the manifest file.
   * @param props The namespace and the rights in it.
   * @throws When the namespace is invalid or protected, or the chart is inside a NamespacedChart of another namespace.
   */
  constructor(scope: Construct, id: string, props: NamespacedChartProps) {
    super(scope, id, props);
    Object.defineProperty(this, BRAND, { value: true });
    checkNamespace(this.node.path, props.namespace, props.allowProtectedNamespace);
    checkEnclosing(this);
    const { namespace, namespacedKinds, role = DeployerRole.admin() } = props;
    const rules: ChartRules = { namespace, namespacedKinds: new Set(namespacedKinds), role };
    const warned = new Set<string>();
    this.node.addValidation({
      validate: () => {
        const accounts = chartAccountRules(this, namespace, props.allowedServiceAccounts ?? []);
        checkAccountsWhenRendered(this, accounts, isNamespacedChart);
        return validate(this, rules, warned);
      },
    });
  }
}

// In cdk8s, `instanceof` is true for every chart.
function isNamespacedChart(construct: IConstruct): construct is NamespacedChart {
  return BRAND in construct;
}

// A nested NamespacedChart reports its own problems. cdk8s validates a chart several times; each warning is printed once.
function validate(chart: NamespacedChart, rules: ChartRules, warned: Set<string>): string[] {
  const headers = headersBelow(chart, isNamespacedChart);
  for (const warning of headers.flatMap(deprecation).filter((text) => !warned.has(text))) {
    warned.add(warning);
    process.emitWarning(warning, 'cdk8s-ci-deploy');
  }
  return headers.flatMap((header) => problemsOf(header, rules)).map((problem) => userError(problem).message);
}

function deprecation({ at, apiVersion, kind }: ObjectHeader): string[] {
  const deprecated = deprecatedApi(apiVersion, kind);
  return deprecated === undefined ? [] : [`${at}: ${deprecated}`];
}

function checkEnclosing(chart: NamespacedChart): void {
  const other = chart.node.scopes.filter(isNamespacedChart).find((scope) => scope.namespace !== chart.namespace);
  if (!other) return;
  throw userError({
    at: chart.node.path,
    given: `namespace is ${show(chart.namespace)} inside a NamespacedChart of ${show(other.namespace)}`,
    expected: 'the same namespace in nested charts',
    fix: 'define the chart in the app',
  });
}

/**
 * The rules for the objects of a chart.
 */
interface ChartRules {
  readonly namespace: string;
  /** Namespaced kinds of custom resources, as `Kind.group`. */
  readonly namespacedKinds: ReadonlySet<string>;
  readonly role: Pick<DeployerRole, 'name' | '_rules' | '_leastPrivilege'>;
}

/** The verbs that server-side apply needs. */
const APPLY_VERBS = ['get', 'create', 'patch'];

/**
 * Checks an object against the rules of the API server and of the deployer's role.
 */
function problemsOf(object: ObjectHeader, rules: ChartRules): Problem[] {
  const invalid = toolInput(object.value) ?? removedApi(object.apiVersion, object.kind);
  const scope = invalid ? { at: object.at, ...invalid } : checkScope(object, rules);
  if (scope) return [scope];
  const hook = hookProblem(object.at, object.apiVersion, object.kind, object.metadata);
  return [...hook ? [hook] : [], ...checkRole(object, rules), ...checkNamespaceOf(object, rules), ...checkMetadata(object)];
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
      expected: `an object of namespace ${show(rules.namespace)}, since its deployer may write no others`,
      fix: 'move it to the manifests that an administrator applies',
    };
    default: return {
      at,
      given: `${show(name)} is not a kind of Kubernetes ${KINDS_VERSION}, so its scope is not known`,
      expected: 'a known kind',
      fix: `if its custom resource definition has "scope: Namespaced", add it: namespacedKinds: [${show(name)}]`,
    };
  }
}

function checkRole({ at, apiVersion, kind, metadata }: ObjectHeader, { role }: ChartRules): Problem[] {
  const resource = resourceOf(apiVersion, kind);
  const rules = role._rules();
  const name = typeof metadata.name === 'string' ? metadata.name : undefined;
  const missing = resource && rules ? APPLY_VERBS.filter((verb) => !allows(rules, { verb, ...resource, name })) : [];
  if (missing.length === 0) return [];
  const isOwn = role._leastPrivilege() !== undefined;
  return [{
    at,
    given: isOwn
      ? `the deployer's Role may not ${missing.join(', ')} ${resource?.resource} ${show(name)}`
      : `ClusterRole ${show(role.name)} of Kubernetes ${ROLES_VERSION} may not ${missing.join(', ')} ${resource?.resource}`,
    expected: 'an object that the deployer may write',
    fix: 'move it to the manifests that an administrator applies, or choose another role for the deployer',
  }];
}

function checkNamespaceOf(object: ObjectHeader, rules: ChartRules): Problem[] {
  const { namespace } = object.metadata;
  if (namespace === rules.namespace) return [];
  const subject = `${object.kind} ${show(object.metadata.name)}`;
  const given = namespace === undefined ? `${subject} has no namespace` : `${subject} is in namespace ${show(namespace)}`;
  return [{ at: object.at, given, expected: `namespace ${show(rules.namespace)}`, fix: namespaceFix(object) }];
}

function namespaceFix(object: ObjectHeader): string {
  if (object.metadata.namespace !== undefined) return 'leave its namespace out, or define it in a NamespacedChart of that namespace';
  return object.isItem ? 'set the namespace of the item, since a chart\'s namespace does not reach the items of a List' : 'define it in the NamespacedChart itself, since a nested Chart does not inherit the namespace';
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
  return [{ at, given: `its annotations have ${size} bytes`, expected: `at most ${ANNOTATIONS_LIMIT}`, fix: 'store large data in a ConfigMap' }];
}
