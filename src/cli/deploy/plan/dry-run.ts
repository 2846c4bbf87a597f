import { isObject, JsonObject } from '../../../base/json';
import { scaleTargetOf } from '../../../kubernetes/autoscaling';
import { concurrently } from '../../base/concurrency';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError, isApiError } from '../../cluster/status';
import { fieldAt, listAt, mapOf } from '../objects/fields';
import { checkReplacement, hasEnded, hookOfJob, isGenerated, isJob, isToBeReplaced } from '../objects/jobs';
import {
  appliedFields, applierAmong, isDeployTool, Join, joinedManagers, otherManagers, ownsReplicas, takenManagers, united,
} from '../objects/managed-fields';
import { explain, ObjectProblem, ReleaseRejected } from '../objects/object-problems';
import { Owner, ownerInWords } from '../objects/owner';
import { changesBetween, FieldChange, fieldsOutside, OtherFields, PlannedChange } from '../objects/planned-change';
import { objectKey } from '../objects/release';
import type { Target } from '../objects/targets';

export interface DryRunOptions {
  readonly namespace: string;
  readonly owner: Owner;
  /** Whether the release adopts objects without an owner. */
  readonly adopt: boolean;
  /** Whether fields of other managers are taken over. */
  readonly forceConflicts: boolean;
}

/**
 * Applies all objects as a server-side dry run: the server checks schema, admission, immutable fields, conflicts and access. Nothing is written.
 *
 * @throws `ReleaseRejected` with the problems of all objects.
 */
export async function dryRun(cluster: KubernetesClient, targets: readonly Target[], options: DryRunOptions): Promise<PlannedChange[]> {
  const autoscalers = new LiveAutoscalers(cluster, options.namespace);
  const results = await concurrently(targets, async (target) => new ObjectDryRun(cluster, target, targets, autoscalers, options).run());
  const problems = results.filter(isProblem);
  if (problems.length > 0) throw new ReleaseRejected(problems, targets.length);
  return results.filter((result): result is PlannedChange => !isProblem(result));
}

type DryRunResult = PlannedChange | ObjectProblem;

function isProblem(result: DryRunResult): result is ObjectProblem {
  return !('action' in result);
}

/** Fields of other managers that a manifest omits. */
interface Omissions extends Required<Pick<PlannedChange, 'takenOver' | 'otherFields'>> {
  readonly removed: readonly FieldChange[];
}

interface DryRunState {
  /** The object that exists. */
  readonly live?: JsonObject;
  /** By default the owner's. */
  readonly fieldManager?: string;
}

class ObjectDryRun {
  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly target: Target,
    private readonly all: readonly Target[],
    private readonly autoscalers: LiveAutoscalers,
    private readonly options: DryRunOptions,
  ) {}

  public async run(): Promise<DryRunResult> {
    const [live, result] = await Promise.all([this.live(), this.apply(this.options.forceConflicts)]);
    if (live instanceof ApiError) return this.problem(result instanceof ApiError ? result : live);
    const problem = live && this.ownershipProblem(live);
    if (problem) return problem;
    if (live && await this.isScaledByAnother(live)) {
      const target = { ...this.target, leavesReplicas: true };
      return new ObjectDryRun(this.cluster, target, this.all, this.autoscalers, this.options).resultOf(live, result);
    }
    return this.resultOf(live, result);
  }

  /**
   * @param applied The result of the dry run as the owner's manager.
   */
  private async resultOf(live: JsonObject | undefined, applied: JsonObject | ApiError): Promise<DryRunResult> {
    const former = live && applierAmong(live, this.options.owner.formerManagers);
    if (former === undefined && !this.givesUpReplicas(live)) return this.changeOrProblem(live, applied);
    // A take-over moves the fields to the owner's manager before the apply. Until then, only a dry run with the former manager has no conflicts.
    return this.changeOrProblem(live, await this.apply(this.options.forceConflicts, { live, fieldManager: former }));
  }

  /** Whether the apply would reset the replicas of an object that an autoscaler outside of the release scales. */
  private async isScaledByAnother(live: JsonObject): Promise<boolean> {
    const { object, leavesReplicas } = this.target;
    const mayReset = leavesReplicas !== true && mapOf(object.value.spec).replicas === undefined && ownsReplicas(live, this.join(live));
    return mayReset && (await this.autoscalers.targets()).has(objectKey(object));
  }

  private givesUpReplicas(live: JsonObject | undefined): boolean {
    return live !== undefined && this.target.leavesReplicas === true && ownsReplicas(live, this.join(live));
  }

  private join(live: JsonObject): Join {
    const { owner } = this.options;
    return owner.join({ adopted: this.isAdopted(live), leavesReplicas: this.target.leavesReplicas });
  }

  private isAdopted(live: JsonObject): boolean {
    return this.options.owner.of(live) === 'nobody\'s';
  }

  private async changeOrProblem(live: JsonObject | undefined, result: JsonObject | ApiError): Promise<DryRunResult> {
    const { object } = this.target;
    if (live && isJob(object) && isToBeReplaced(object, live, result instanceof ApiError ? result : undefined)) return this.replacement(live);
    if (!(result instanceof ApiError)) return this.change(live, result);
    // The fields of these managers become those of the owner's manager before the apply.
    if (live && areTakenOver(result, this.join(live))) return this.changeOrProblem(live, await this.apply(true, { live }));
    return this.waitsFor(result) ? this.change(live, this.target.applied) : this.problem(result);
  }

  /** An object that the credential may not read is not written either: its owner is unknown. */
  private async live(): Promise<JsonObject | ApiError | undefined> {
    try {
      return await find(this.cluster, this.target.path);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 401) throw error;
      return error;
    }
  }

  private async apply(force: boolean, { live, fieldManager = this.options.owner.manager }: DryRunState = {}): Promise<JsonObject | ApiError> {
    // The owner's manager gives the replicas up before the apply. Until then, only a dry run with the live number keeps them.
    const { applied } = this.target;
    const replicas = live && this.givesUpReplicas(live) ? { replicas: mapOf(live.spec).replicas ?? 1 } : undefined;
    const object = replicas ? { ...applied, spec: { ...mapOf(applied.spec), ...replicas } } : applied;
    try {
      return await this.cluster.apply(this.target.path, object, { dryRun: true, force, fieldManager });
    } catch (error) {
      if (error instanceof ApiError && error.code !== 401) return error;
      throw error;
    }
  }

  private problem(error: ApiError): ObjectProblem {
    return explain(this.target.object, error);
  }

  private ownershipProblem(live: JsonObject): ObjectProblem | undefined {
    const { object } = this.target;
    if (fieldAt(live, 'metadata', 'deletionTimestamp') !== undefined) {
      return { object, given: 'it is being deleted', fix: 'run this job again when it is gone' };
    }
    switch (this.options.owner.of(live)) {
      case 'ours':
      case 'released': return undefined;
      case 'another\'s': return { object, given: `it belongs to ${ownerInWords(live)}`, fix: OF_ANOTHER };
      default: return this.options.adopt ? undefined : { object, given: 'it exists already, and no release created it', fix: 'adopt it (--adopt), or give it another name' };
    }
  }

  private async change(live: JsonObject | undefined, after: JsonObject): Promise<PlannedChange> {
    const { owner } = this.options;
    const adopted = live !== undefined && this.isAdopted(live);
    if (!live) return { ...this.target, action: 'create', after, changes: [], adopted };
    const { removed, ...others } = await this.omissions(live, after);
    const found = changesBetween(live, after);
    const changes = [...found, ...removed.filter(({ field }) => !found.some((change) => change.field === field))];
    // The owner's manager must write fields that it takes over, or a later release could not remove them.
    const isOurs = joinedManagers(live, this.join(live)) === undefined
      && JSON.stringify(appliedFields(live, owner.manager)) === JSON.stringify(appliedFields(after, owner.manager));
    return { ...this.target, action: isOurs && changes.length === 0 ? 'keep' : 'change', live, after, changes, adopted, ...others };
  }

  /** The fields that the manifest omits: those that the apply removes, because it takes them over, and those that stay. */
  private async omissions(live: JsonObject, after: JsonObject): Promise<Omissions> {
    const { owner } = this.options;
    const [join, isAdopted] = [this.join(live), this.isAdopted(live)];
    const taken = takenManagers(live, join);
    const takenOver = [...new Set(taken.map(({ manager }) => manager))];
    const own = [owner.manager, ...owner.formerManagers].map((manager) => appliedFields(after, manager)).filter(isObject);
    // Without the result of a dry run, the fields of the manifest are not known.
    if (own.length === 0) return { removed: [], takenOver, otherFields: [] };
    const others = otherManagers(live, join);
    const [takenFields, left] = [united(taken.map(({ fields }) => fields)), united([...own, ...others.map(({ fields }) => fields)])];
    const removed = (defaults?: JsonObject): FieldChange[] => fieldsOutside(takenFields, left, live, defaults);
    const staying = (defaults?: JsonObject): OtherFields[] => others.filter(({ manager }) => isAdopted || isDeployTool(manager))
      .map(({ manager, fields }) => ({ manager, fields: fieldsOutside(fields, united(own), after, defaults).map(({ field }) => field) }))
      .map(({ manager, fields }) => ({ manager, fields: fields.filter((field) => isAdopted || !OF_CONTROLLERS.test(field)) }))
      .filter(({ fields }) => fields.length > 0);
    const needsDefaults = isAdopted && removed().length + staying().length > 0;
    const defaults = needsDefaults ? await this.defaults() : undefined;
    return { removed: removed(defaults), takenOver, otherFields: staying(defaults) };
  }

  /** The object with the defaults of the server. A manager that created an object owns them as well. */
  private async defaults(): Promise<JsonObject | undefined> {
    const created = await checkReplacement(this.cluster, this.target, this.options.owner.manager);
    return created instanceof ApiError ? undefined : created;
  }

  private async replacement(live: JsonObject): Promise<DryRunResult> {
    const { target } = this;
    if (!hasEnded(live)) {
      const reason = hookOfJob(target.object) ? 'it runs again with each deployment, as it is a hook' : 'its template has changed';
      return { object: target.object, given: `${reason}, and the Job is still running`, fix: 'run this job again when the Job has ended, or delete the Job' };
    }
    const after = await checkReplacement(this.cluster, target, this.options.owner.manager);
    if (after instanceof ApiError) return this.problem(after);
    return { ...await this.change(live, after), changes: changesBetween(live, after).filter(({ field }) => !isGenerated(field)), action: 'replace', takenOver: [], otherFields: [] };
  }

  /** Whether the missing object is in the same release: it exists when this object is applied. */
  private waitsFor({ status }: ApiError): boolean {
    const [, name] = /"([^"]+)" not found$/.exec(status.message ?? '') ?? [];
    return name !== undefined && this.all.some(({ object }) => object !== this.target.object && object.name === name && ['Role', 'ServiceAccount'].includes(object.kind));
  }
}

/**
 * The HorizontalPodAutoscalers of the namespace, read at the first use. KEDA creates them, too.
 */
class LiveAutoscalers {
  private found?: Promise<ReadonlySet<string>>;

  public constructor(private readonly cluster: KubernetesClient, private readonly namespace: string) {}

  /** The objects that they scale, by `objectKey`. None when the credential may not list autoscalers. */
  public async targets(): Promise<ReadonlySet<string>> {
    this.found ??= this.read();
    return this.found;
  }

  private async read(): Promise<ReadonlySet<string>> {
    const type = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
    const path = collectionPath({ group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers', namespace: this.namespace });
    try {
      const list = await this.cluster.get(path);
      return new Set(listAt(list, 'items').flatMap((item) => scaleTargetOf({ ...item, ...type }) ?? []).map(objectKey));
    } catch (error) {
      if (isApiError(error, 403) || isApiError(error, 404)) return new Set();
      throw error;
    }
  }
}

const OF_ANOTHER = 'give it another name, remove it from that application first, or continue the releases of that application (--take-over-from)';

/** They stay for good, so only the adoption lists them. */
const OF_CONTROLLERS = /^metadata\.(?:finalizers|ownerReferences)\b/;

function areTakenOver({ code, status }: ApiError, { tools }: Join): boolean {
  const managers = (status.details?.causes ?? []).map(({ message = '' }) => /^conflict with "([^"]*)"/.exec(message)?.[1] ?? '');
  return code === 409 && managers.length > 0 && managers.every((manager) => tools?.(manager) === true);
}
