import { kindName } from './kinds';
import { isObject, Json, JsonObject } from '../base/json';
import { Problem, show } from '../base/user-error';

/**
 * When a hook of Helm or Argo CD runs in a deployment.
 */
export interface Hook {
  /** `with`: at the same time as the workloads. */
  readonly place: 'before' | 'with' | 'after';
  /** Hooks of one place run in the order of their weights, the lowest first. */
  readonly weight: number;
  /** Whether hooks of the same weight run one after the other, in the order of their names. Helm does so. */
  readonly isSequential: boolean;
  /** The deployments that it runs with: the first one of an application, or those that follow. */
  readonly runsWith: 'each deployment' | 'the first deployment' | 'later deployments';
}

/**
 * The metadata of an object, as far as it says that the object is a hook.
 */
export interface HookMetadata {
  readonly annotations?: unknown;
}

const HELM = 'helm.sh/hook';
const HELM_WEIGHT = 'helm.sh/hook-weight';
const ARGO = 'argocd.argoproj.io/hook';
const ARGO_WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * Reads when an object runs as a hook. `undefined` for an object without a hook, and for one that a deployment does not run.
 *
 * Argo CD ignores the hooks of Helm on an object that has its own. So does this function.
 */
export function hookOf(metadata: HookMetadata): Hook | undefined {
  const annotations = annotationsOf(metadata);
  if (annotations[ARGO] !== undefined) return argoHook(annotations);
  return annotations[HELM] === undefined ? undefined : helmHook(annotations);
}

/**
 * The reason why an object cannot be deployed, because Helm or Argo CD would apply it on another occasion, or not as an ordinary object.
 *
 * A Job that installs or upgrades can be deployed. So can an object that is applied before the Jobs anyway, such as a ConfigMap for a Job.
 *
 * @param at The construct, or the file with the line.
 * @see https://helm.sh/docs/topics/charts_hooks/
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function hookProblem(at: string, apiVersion: string, kind: string, metadata: HookMetadata): Problem | undefined {
  const annotations = annotationsOf(metadata);
  const key = annotations[ARGO] === undefined ? HELM : ARGO;
  if (annotations[key] === undefined) return undefined;
  const given = `${show(kind)} has the annotation ${key}: ${show(annotations[key])}`;
  const hook = hookOf(metadata);
  if (!hook) return { at, given, ...occasionProblem(key, occasionsIn(annotations[key])) };
  if (Number.isNaN(hook.weight)) {
    const weight = key === ARGO ? ARGO_WAVE : HELM_WEIGHT;
    return { at, given: `${show(kind)} has the annotation ${weight}: ${show(annotations[weight])}`, expected: 'an integer in quotes', fix: `write ${weight}: "1", for example` };
  }
  if (kindName(apiVersion, kind) === 'Job.batch') return undefined;
  if (isSupport(apiVersion, kind) && hook.place !== 'after' && hook.runsWith === 'each deployment') return undefined;
  return {
    at,
    given,
    expected: 'a hook that is a Job, or an object for Jobs such as a ConfigMap with pre-install,pre-upgrade or PreSync',
    fix: `remove the annotation to deploy it as an ordinary object, ${kind === 'Pod' ? 'make it a Job, ' : ''}or remove the object`,
  };
}

function annotationsOf({ annotations }: HookMetadata): JsonObject {
  return isObject(annotations as Json) ? annotations as JsonObject : {};
}

function occasionsIn(annotation: unknown): string[] {
  return String(annotation).split(',').map((occasion) => occasion.trim().toLowerCase()).filter((occasion) => occasion !== '');
}

/** Occasions that a deployment does not have, and hooks that older versions had. */
const OTHER_OCCASIONS = new Set([
  'pre-delete', 'post-delete', 'pre-rollback', 'post-rollback', 'test', 'test-success', 'test-failure', 'crd-install',
  'skip', 'syncfail', 'predelete', 'postdelete',
]);

function occasionProblem(key: string, occasions: readonly string[]): Omit<Problem, 'at' | 'given'> {
  const known = key === ARGO ? 'PreSync, Sync or PostSync' : 'pre-install,pre-upgrade or post-install,post-upgrade';
  if (occasions.some((occasion) => /^test\b/.test(occasion))) {
    const fix = 'leave the tests out (`helm template --skip-tests`; of the construct Helm: helmFlags: ["--skip-tests"])';
    return { expected: 'an object of a deployment: only `helm test` applies this one', fix };
  }
  if (occasions.includes('crd-install')) {
    return { expected: 'an object of the namespace', fix: 'let an administrator install the custom resource definition' };
  }
  if (occasions.length > 0 && occasions.every((occasion) => OTHER_OCCASIONS.has(occasion))) {
    const fix = `remove it from the manifests${key === ARGO ? '' : ' (`helm template --no-hooks` leaves out all hooks)'}`;
    return { expected: `an object of a deployment, such as a Job with ${known}: a deployment never runs this hook`, fix };
  }
  return { expected: `${known}: a hook has one place, before or after the workloads`, fix: 'correct the annotation, or make one Job for each place' };
}

function helmHook(annotations: JsonObject): Hook | undefined {
  const occasions = occasionsIn(annotations[HELM]);
  const has = (occasion: string) => occasions.includes(occasion);
  const [before, after] = ['pre', 'post'].map((when) => has(`${when}-install`) || has(`${when}-upgrade`));
  if (before === after || !occasions.every((occasion) => /^(?:pre|post)-(?:install|upgrade)$/.test(occasion) || OTHER_OCCASIONS.has(occasion))) return undefined;
  const [installs, upgrades] = ['install', 'upgrade'].map((what) => has(`pre-${what}`) || has(`post-${what}`));
  return {
    place: before ? 'before' : 'after',
    weight: integer(annotations[HELM_WEIGHT]),
    isSequential: true,
    runsWith: installs && upgrades ? 'each deployment' : installs ? 'the first deployment' : 'later deployments',
  };
}

function argoHook(annotations: JsonObject): Hook | undefined {
  const [occasion = '', ...others] = occasionsIn(annotations[ARGO]);
  const weight = integer(annotations[ARGO_WAVE]);
  // Argo CD applies a hook of the phase Sync together with the objects of its wave. The workloads are wave 0.
  const ofSync = weight < 0 ? 'before' : weight > 0 ? 'after' : 'with';
  const place = ({ presync: 'before', sync: ofSync, postsync: 'after' } as const)[occasion];
  if (place === undefined || others.length > 0) return undefined;
  return { place, weight, isSequential: false, runsWith: 'each deployment' };
}

/** NaN for a text that is not an integer. */
function integer(annotation: unknown): number {
  if (annotation === undefined || annotation === null) return 0;
  return /^\s*[+-]?\d+\s*$/.test(String(annotation)) ? Number(annotation) : NaN;
}

/** Kinds that deploy applies before the first Job. */
const SUPPORT = new Set([
  'ConfigMap', 'Secret', 'ServiceAccount', 'Role.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io', 'PersistentVolumeClaim', 'Service',
  'NetworkPolicy.networking.k8s.io', 'ExternalSecret.external-secrets.io', 'SecretStore.external-secrets.io', 'SealedSecret.bitnami.com',
]);

function isSupport(apiVersion: string, kind: string): boolean {
  return SUPPORT.has(kindName(apiVersion, kind));
}
