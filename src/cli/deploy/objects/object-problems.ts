import { rejectedFields } from './rejected-fields';
import type { ReleaseObject } from './release';
import { printableText } from '../../../base/printable';
import { secrets } from '../../../base/secrets';
import { UserError } from '../../../base/user-error';
import { ExitCode, Failure } from '../../base/failure';
import { ApiError, inPlainWords, isAccessDenied, isApiError } from '../../cluster/status';

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
  /** Further problems of the same object. */
  readonly more?: ReadonlyArray<Pick<ObjectProblem, 'given' | 'fix'>>;
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
    super([`${problems.length} of ${total} objects cannot be applied, so nothing was written`, ...problems.flatMap(lines)].join('\n'), code);
  }
}

/**
 * An object that the API server rejects, although its dry run succeeded.
 */
export class ObjectRejected extends Failure {
  public override readonly name = 'ObjectRejected';

  public constructor(public readonly problem: ObjectProblem, cause?: ApiError) {
    super(lines(problem).join('\n').trim(), cause?.exitCode ?? ExitCode.NO, cause);
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

/** One line for each problem. */
function lines({ object: { at, kind, name }, more = [], ...first }: ObjectProblem): string[] {
  return [first, ...more].map(({ given, fix }) => `  ${printableText(`${at}: ${kind} ${name}: ${given}; ${fix}`)}`);
}

/** A server may report a problem for each item of a long list. */
const MOST_PROBLEMS = 50;

/**
 * The problems and the remedies for an object that the API server rejected.
 */
export function explain(object: ReleaseObject, { code, status }: ApiError): ObjectProblem {
  const isAccess = isAccessDenied(code, status);
  const fields = rejectedFields(object, status).slice(0, MOST_PROBLEMS);
  const [first = otherProblem(object, code, status), ...more] = fields.map(({ field, given, fix }) => ({
    given: field === undefined ? given : `${field}: ${given}`,
    fix: fix ?? remedyFor(code, given) ?? 'change it in the manifest',
  }));
  return { object, ...first, more, isAccess };
}

function otherProblem({ kind }: ReleaseObject, code: number, status: ApiError['status']): Pick<ObjectProblem, 'given' | 'fix'> {
  const message = status.message ?? `the API server says ${code}`;
  const given = conflicts(status) ?? withoutPreamble(secrets.mask(message));
  return { given: kind === 'Secret' ? withoutValues(given) : given, fix: remedyFor(code, message) ?? 'change the manifest accordingly' };
}

function remedyFor(code: number, message: string): string | undefined {
  return REMEDIES.find(([pattern, forCode]) => (forCode === undefined || forCode === code) && pattern.test(message))?.[2];
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
  [/^failed to create typed live object/, undefined, 'delete the object in the cluster, which does not fit its schema, or let an administrator correct it'],
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
  const text = message.replace(/^failed to [a-z ]* object \([^)]*\)(?: to proper version)?: /, '').replace(/^[\w.-]+ "[^"]*" is (?:invalid|forbidden): /, '');
  return inPlainWords(text);
}

/** A message about a Secret without the values that the API server refuses. */
function withoutValues(message: string): string {
  return message.replace(/\b((?:Invalid|Unsupported|Duplicate) value: )("(?:[^"\\]|\\.)*"|[^\s:]+|[[{][^]*[\]}])(?=$|[:,\]])/g, '$1(hidden)');
}
