import type { ReleaseObject } from './release';
import { printableText } from '../../../base/printable';
import { UserError } from '../../../base/user-error';
import { ExitCode, Failure } from '../../base/failure';
import { ApiError, isAccessDenied, isApiError } from '../../cluster/status';

/**
 * Collects the errors of several checks, to report all of them at once.
 */
export class Problems {
  private readonly found: UserError[] = [];

  /**
   * The result of a check. Keeps a `UserError` and returns undefined.
   */
  public attempt<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /**
   * Keeps a `UserError`.
   *
   * @throws Any other error.
   */
  public add(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.found.push(error);
  }

  /**
   * Adds the errors of other checks.
   */
  public join(others: Problems): void {
    this.found.push(...others.found);
  }

  /**
   * @param subject Of the message: `the manifests`.
   * @throws `UserError` with all problems, if there are any.
   */
  public check(subject: string): void {
    const [first, ...others] = this.found;
    if (!first) return;
    if (others.length === 0) throw first;
    throw new UserError([`${this.found.length} problems in ${subject}`, ...this.found.map(({ message }) => `  ${message}`)].join('\n'));
  }
}

/**
 * Why an object cannot be applied.
 */
export interface ObjectProblem {
  readonly object: Pick<ReleaseObject, 'at' | 'kind' | 'name'>;
  /** The problem, with the field. */
  readonly given: string;
  /** The remedy. */
  readonly fix: string;
  /** Whether the credential lacks a right. */
  readonly isAccess?: boolean;
}

/**
 * Objects of a release that cannot be applied. The deployment has written nothing.
 */
export class ReleaseRejected extends Failure {
  public override readonly name = 'ReleaseRejected';

  public constructor(public readonly problems: readonly ObjectProblem[], public readonly total: number) {
    const code = problems.every(({ isAccess }) => isAccess) ? ExitCode.REFUSED : ExitCode.NO;
    super([`${problems.length} of ${total} objects cannot be applied, so nothing was written`, ...problems.map(line)].join('\n'), code);
  }
}

/**
 * An object that the API server rejects, although its dry run succeeded.
 */
export class ObjectRejected extends Failure {
  public override readonly name = 'ObjectRejected';

  public constructor(public readonly problem: ObjectProblem, cause?: ApiError) {
    super(line(problem).trim(), cause?.exitCode ?? ExitCode.NO, cause);
  }
}

/**
 * Runs two checks at once, and reports the problems of both together.
 *
 * @throws `ReleaseRejected` with the problems of both, or a `Failure` with both messages. Any other error of either check is thrown as it is.
 */
export async function bothChecked<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([one, other]);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length < 2) return Promise.all([one, other]);
  const rejected = failures.filter((failure) => failure instanceof ReleaseRejected);
  if (rejected.length === 2) {
    throw new ReleaseRejected(rejected.flatMap(({ problems }) => problems), rejected.reduce((sum, { total }) => sum + total, 0));
  }
  const failed = failures.filter(isFailedCheck);
  const unexpected = failures.find((failure) => !isFailedCheck(failure));
  if (unexpected !== undefined) throw unexpected;
  const code = failed.every(({ exitCode }) => exitCode === ExitCode.REFUSED) ? ExitCode.REFUSED : ExitCode.NO;
  throw new Failure(failed.map(({ message }) => message).join('\n'), code);
}

function isFailedCheck(failure: unknown): failure is Failure {
  return failure instanceof Failure && [ExitCode.NO, ExitCode.REFUSED].includes(failure.exitCode);
}

function line({ object: { at, kind, name }, given, fix }: ObjectProblem): string {
  return `  ${printableText(`${at}: ${kind} ${name}: ${given}`)}; ${fix}`;
}

/**
 * The problem and the remedy for an object that the API server rejected.
 */
export function explain(object: ReleaseObject, { code, status }: ApiError): ObjectProblem {
  const message = status.message ?? `the API server says ${code}`;
  const known = REMEDIES.find(([pattern, forCode]) => (forCode === undefined || forCode === code) && pattern.test(message));
  const fix = known?.[2] ?? otherRemedy(status);
  const given = conflicts(status) ?? withoutPreamble(message);
  return { object, given: object.kind === 'Secret' ? withoutValues(given) : given, fix, isAccess: isAccessDenied(code, status) };
}

/** For rejections without an entry in `REMEDIES`, such as invalid values. */
function otherRemedy({ details }: ApiError['status']): string {
  const fields = [...new Set((details?.causes ?? []).flatMap(({ field }) => field ?? []))];
  return fields.length > 0 ? `change ${printableText(fields.join(', '))} in the manifest` : 'change the manifest accordingly';
}

/** The pattern of the message, the status code if it matters, and the remedy. The first match counts. */
const REMEDIES: ReadonlyArray<readonly [RegExp, number | undefined, string]> = [
  [/^admission webhook /, undefined, 'meet the policy of the cluster that rejected it'],
  [/./, 401, 'renew the credential'],
  [/ cannot \w+ resource /, 403, 'let an administrator grant this right, or remove the object from the manifests'],
  [/attempting to grant RBAC permissions/, 403, 'grant only rights that the deployer itself has, or let an administrator apply the object'],
  [/exceeded quota|must specify/, 403, 'request less, delete objects that are not needed, or let an administrator raise the ResourceQuota'],
  [/violates PodSecurity/, 403, 'meet the Pod Security level of the namespace'],
  [/is being terminated/, 403, 'wait until the namespace is deleted, and let an administrator create it again'],
  [/maximum|minimum/, 403, 'choose a value within the LimitRange of the namespace'],
  [/./, 403, 'meet the policy of the cluster that rejected it'],
  [/^namespaces /, 404, 'let an administrator create the namespace, or use a credential for another namespace'],
  [/could not find the requested resource/, 404, 'use an apiVersion that this cluster serves'],
  [/Apply failed with/, 409, 'remove the fields from the manifest, or take them over (--force-conflicts)'],
  [/immutable|may not change|cannot change|forbidden: updates to/i, 422, 'give the object another name, or delete it first'],
  [/field not declared in schema|unknown field/, undefined, 'correct the name of the field, or remove it (`kubectl explain` lists the fields)'],
  [/ValidatingAdmissionPolicy/, undefined, 'meet the policy of the cluster that rejected it'],
];

/**
 * Whether an apply failed because other field managers own some of its fields.
 */
export function isFieldConflict(error: unknown): error is ApiError {
  return isApiError(error, 409) && fieldConflicts(error.status).length > 0;
}

function fieldConflicts({ details }: ApiError['status']): ReadonlyArray<{ readonly message?: string; readonly field?: string }> {
  return (details?.causes ?? []).filter(({ reason }) => reason === 'FieldManagerConflict');
}

function conflicts(status: ApiError['status']): string | undefined {
  const managers = new Map<string, string[]>();
  for (const { message = '', field = '' } of fieldConflicts(status)) {
    const manager = message.replace(/^conflict with /, '').replace(/ (?:using|with) .*$/s, '');
    managers.set(manager, [...managers.get(manager) ?? [], field]);
  }
  if (managers.size === 0) return undefined;
  return [...managers].sort().map(([manager, fields]) => `${manager} manages ${fields.join(', ')}`).join('; ');
}

/** The message without the object's kind and name, which are printed before it. */
function withoutPreamble(message: string): string {
  return message.replace(/^failed to create typed patch object \([^)]*\): /, '').replace(/^[\w.-]+ "[^"]*" is (?:invalid|forbidden): /, '');
}

/** A message about a Secret without the values that the API server quotes: where it expects another type, and where it refuses a value. */
function withoutValues(message: string): string {
  const ofTypes = [...message.matchAll(/(\.[^\s:]+: expected [\w ]+), got /g)].map(([, expected]) => `${expected}, got another type`);
  if (ofTypes.length > 0) return ofTypes.join('; ');
  return message.replace(/\b((?:Invalid|Unsupported|Duplicate) value: )("(?:[^"\\]|\\.)*"|[^\s:]+|[[{][^]*[\]}])(?=$|[:,\]])/g, '$1(hidden)').replace(/valueUnstructured\{[^]*/g, '(hidden)');
}
