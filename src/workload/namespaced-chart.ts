import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { ChartRules, problemsOf } from './object-checks';
import { DeployerRole } from '../access/deployer-role';
import { userError, show } from '../base/user-error';
import { checkNamespace } from '../kubernetes/namespace';
import { headersBelow } from '../kubernetes/rendered-objects';

/**
 * What a chart for one namespace is.
 */
export interface NamespacedChartProps {
  /**
   * The namespace of every object in the chart.
   */
  readonly namespace: string;

  /**
   * What the deployer may do in the namespace. Kinds that it may not write are refused.
   * What custom resources need is for the cluster to say: declared kinds are not checked.
   *
   * @default DeployerRole.admin()
   */
  readonly role?: DeployerRole;

  /**
   * Kinds of custom resources that live in a namespace, as `Kind.group`: `Certificate.cert-manager.io`.
   * Kubernetes' own kinds are known.
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
   * Whether cdk8s leaves the hash out of the names that it makes for objects without one.
   *
   * @default false
   */
  readonly disableResourceNameHashes?: boolean;

  /**
   * Whether `default` and `kube-*` may be deployed to.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;
}

const BRAND = Symbol.for('cdk8s-ci-deploy.NamespacedChart');

/**
 * A chart that one deployer can apply: all its objects are in one namespace.
 *
 * Checked when it is synthesized, whatever defines the objects (constructs, Include, Helm, raw API objects, items of Lists): nothing cluster-scoped,
 * nothing that the deployer's role cannot write, nothing of another namespace, and names, labels and annotations that Kubernetes accepts.
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
   * @param id The construct id, which names the file of manifests.
   * @param props The namespace, and what is allowed in it.
   * @throws When Kubernetes would not accept the namespace, it is protected, or the chart stands in one of another namespace.
   */
  constructor(scope: Construct, id: string, props: NamespacedChartProps) {
    super(scope, id, props);
    Object.defineProperty(this, BRAND, { value: true });
    checkNamespace(this.node.path, props.namespace, props.allowProtectedNamespace);
    checkEnclosing(this);
    const { namespace, namespacedKinds, role = DeployerRole.admin() } = props;
    const rules: ChartRules = { namespace, namespacedKinds: new Set(namespacedKinds), role };
    this.node.addValidation({ validate: () => validate(this, rules) });
  }
}

// cdk8s makes `instanceof` true for every chart.
function isNamespacedChart(construct: IConstruct): construct is NamespacedChart {
  return BRAND in construct;
}

// A nested chart of this kind speaks for itself; walked from here as well, everything would be said twice.
function validate(chart: NamespacedChart, rules: ChartRules): string[] {
  const headers = headersBelow(chart, isNamespacedChart);
  return headers.flatMap((header) => problemsOf(header, rules)).map((problem) => userError(problem).message);
}

function checkEnclosing(chart: NamespacedChart): void {
  const other = chart.node.scopes.filter(isNamespacedChart).find((scope) => scope.namespace !== chart.namespace);
  if (!other) return;
  throw userError({
    at: chart.node.path,
    given: `namespace is ${show(chart.namespace)} inside a NamespacedChart of ${show(other.namespace)}`,
    expected: 'one namespace in a tree of charts',
    fix: 'define the chart in the app',
  });
}
