import type { ReleaseHistory } from './history/history';
import { recordProblem } from './history/record-fields';
import { ReleaseStore } from './history/release-store';
import { concurrently } from './objects/concurrently';
import { ObjectWriter } from './objects/object-writer';
import { Owner } from './objects/owner';
import { identityInWords, isSameIdentity, ReleaseIdentity } from './objects/release';
import { pathOf } from './prune/leftovers';
import { PullSecret } from './pull-secret/pull-secret';
import { PullSecretRefused } from './pull-secret/pull-secret-refused';
import { usedSecrets } from './pull-secret/removal';
import { userError, show } from '../../base/user-error';
import { releasePart } from '../../release/release-names';
import type { Clock } from '../base/host';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Arguments, Option } from '../command-line/arguments';

export const TAKE_OVER_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['take-over-from', { takes: 'PROJECT/ENVIRONMENT/APP', summary: 'continue the releases of this identity, which the application had before' }],
];

/**
 * The identity that the application had before, where the option names one.
 *
 * @throws A refusal when it is no identity, or the present one.
 */
export function formerIdentity(args: Arguments, identity: ReleaseIdentity): ReleaseIdentity | undefined {
  const text = args.one('take-over-from');
  if (text === undefined) return undefined;
  // Names of environments have slashes: review/my-branch.
  const [, project, environment, app] = /^([^/]+)\/(.+)\/([^/]+)$/.exec(text) ?? [];
  const example = optionText(identity);
  const at = '--take-over-from';
  const isComplete = project !== undefined && environment !== undefined && app !== undefined;
  if (!isComplete || [project, environment, app].some((part) => releasePart(part) !== undefined)) {
    throw userError({ at, given: show(text), expected: 'PROJECT/ENVIRONMENT/APP', fix: `give the former identity in the form of the present one, ${show(example)}` });
  }
  if (text === example) throw userError({ at, given: `${show(text)} is the present identity`, expected: 'the former one', fix: 'leave the option out, or correct it' });
  return { project, environment, app };
}

function optionText({ project, environment, app }: ReleaseIdentity): string {
  return `${project}/${environment}/${app}`;
}

export interface TakeOverOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  readonly former: ReleaseIdentity;
  /** Of both identities. */
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Talk for people, a line each. */
  readonly say: (line: string) => void;
  /** Hides the secrets that the job knows. */
  readonly mask: (text: string) => string;
}

/**
 * What a take-over begins with.
 */
export interface TakeOverPlan {
  /** Whether the present identity has everything already. */
  readonly isDone: boolean;
  readonly former: ReleaseIdentity;
  readonly history: ReleaseHistory;
  /** Has read this history. */
  readonly store: ReleaseStore;
}

/**
 * Continues the releases of an application under another identity: its project was exported, or its environment or name has changed. The record,
 * the marks and field managers of all objects, and the uses of pull secrets go from one identity to the other.
 *
 * The record of the present identity is written first and says so, that of the former one is removed last. Whenever it is ended in between, it
 * can be repeated, and until then no other command changes anything of the application. The caller holds the locks of both identities.
 */
export class TakeOver {
  private readonly former: ReleaseStore;

  public constructor(private readonly cluster: KubernetesClient, private readonly present: ReleaseStore, private readonly options: TakeOverOptions) {
    this.former = new ReleaseStore(cluster, options.namespace, options.former, options.clock);
  }

  /**
   * Reads both records. Nothing is written.
   *
   * @throws `Failure` when there is nothing to take over, or the present identity has releases of its own.
   */
  public async plan(): Promise<TakeOverPlan> {
    const { former } = this.options;
    const [formerHistory, history] = [await this.former.read(), await this.present.read()];
    const isBegun = history?.takingOver !== undefined && isSameIdentity(history.takingOver, former);
    if (history && !isBegun) return { isDone: this.checkDone(history, formerHistory), former, history, store: this.present };
    if (formerHistory) return { isDone: false, former, history: formerHistory, store: this.former };
    if (history) return { isDone: false, former, history, store: this.present };
    throw this.problem('it has no record in this namespace', 'the identity of an application that is deployed here', 'see the annotation cdk8s-ci-deploy/release-of of its objects');
  }

  /**
   * Carries it out.
   */
  public async run({ isDone, history, store }: TakeOverPlan): Promise<void> {
    const { former, identity, say } = this.options;
    if (isDone) return;
    if (store === this.former) await this.present.beginTakeOver(this.former);
    const left = await this.markObjects(history);
    await this.renamePullSecrets();
    await this.former.remove();
    await this.present.endTakeOver();
    for (const name of left) say(`${name} is left as it is: it is gone, or not of ${identityInWords(former)}`);
    const counts = `releases: ${history.releases.length}, objects: ${history.objects.length - left.length}`;
    say(`${identityInWords(identity)} has taken over from ${identityInWords(former)} (${counts})`);
  }

  /** Repeated runs of the same job give the option again: they must succeed. */
  private checkDone({ formerly, takingOver }: ReleaseHistory, former: ReleaseHistory | undefined): boolean {
    if (!takingOver && !former && formerly.some((identity) => isSameIdentity(identity, this.options.former))) return true;
    const { identity } = this.options;
    const given = former ? `both it and ${identityInWords(identity)} have releases in this namespace` : `it has no record in this namespace, and ${identityInWords(identity)} has`;
    throw this.problem(given, 'releases of the former identity only', former ? 'leave the option out, or remove one of the applications (destroy)' : 'leave the option out');
  }

  private async markObjects({ objects }: ReleaseHistory): Promise<string[]> {
    const { namespace, signal } = this.options;
    const writer = new ObjectWriter(this.cluster, this.options);
    const names = await concurrently(objects, async (object) => {
      signal.throwIfAborted();
      return await writer.mark(pathOf(object, namespace), object.uid) ? [] : [`${object.kind} ${object.name}`];
    });
    return names.flat().sort();
  }

  private async renamePullSecrets(): Promise<void> {
    const { namespace, identity, former, mask, say } = this.options;
    const { names } = await usedSecrets(this.cluster, this.former, { namespace, identity: former, say });
    for (const name of names) {
      try {
        await new PullSecret(this.cluster, { namespace, identity, former, name, mask }).takeOver();
      } catch (error) {
        if (!(error instanceof PullSecretRefused)) throw error;
        say(`Secret ${name} is left as it is: ${error.message}`);
      }
    }
  }

  private problem(given: string, expected: string, fix: string): Error {
    return recordProblem({ at: `--take-over-from: ${identityInWords(this.options.former)}`, given, expected, fix });
  }
}

/**
 * Refuses to work with an application whose take-over has not ended.
 */
export function checkTakenOver(history: ReleaseHistory | undefined): void {
  const former = history?.takingOver;
  if (!former) return;
  throw recordProblem({
    at: identityInWords(history.identity),
    given: `its take-over from ${identityInWords(former)} has not ended`,
    expected: 'that it ends first',
    fix: `run deploy with --take-over-from ${show(optionText(former))} again`,
  });
}
