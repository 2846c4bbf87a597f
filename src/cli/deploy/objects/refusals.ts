import type { ReleaseObject } from './release';
import { printableText } from '../../../base/printable';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import { ApiError, isAccessDenied } from '../../cluster/status';

/**
 * Why an object cannot be applied.
 */
export interface ObjectProblem {
  readonly object: Pick<ReleaseObject, 'at' | 'kind' | 'name'>;
  /** What is wrong, with the field. */
  readonly given: string;
  /** What to do. */
  readonly fix: string;
  /** Whether it is the credential that lacks a right. */
  readonly isAccess?: boolean;
}

/**
 * A release that cannot be applied as a whole; nothing of it was written.
 */
export class ReleaseRejected extends Failure {
  public override readonly name = 'ReleaseRejected';

  public constructor(public readonly refusals: readonly ObjectProblem[], public readonly total: number) {
    const code = refusals.every(({ isAccess }) => isAccess) ? ExitCode.REFUSED : ExitCode.NO;
    super([`${refusals.length} of ${total} objects cannot be applied, so nothing was written`, ...refusals.map(line)].join('\n'), code);
  }
}

/**
 * An object that the server does not take though it would have a moment ago.
 */
export class ObjectRejected extends Failure {
  public override readonly name = 'ObjectRejected';

  public constructor(public readonly refusal: ObjectProblem, cause?: ApiError) {
    super(line(refusal).trim(), cause?.exitCode ?? ExitCode.NO, cause);
  }
}

/**
 * Makes two checks at once: what each of them refuses is listed together.
 *
 * @throws `ReleaseRejected` with the refusals of both; another failure with the words of both; whatever else ended one of them.
 */
export async function bothChecked<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([one, other]);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length < 2) return Promise.all([one, other]);
  const refused = failures.filter((failure) => failure instanceof ReleaseRejected);
  if (refused.length === 2) throw new ReleaseRejected(refused.flatMap(({ refusals }) => refusals), refused.reduce((sum, { total }) => sum + total, 0));
  const noes = failures.filter(isNo);
  const fatal = failures.find((failure) => !isNo(failure));
  if (fatal !== undefined) throw fatal;
  const code = noes.every(({ exitCode }) => exitCode === ExitCode.REFUSED) ? ExitCode.REFUSED : ExitCode.NO;
  throw new Failure(noes.map(({ message }) => message).join('\n'), code);
}

function isNo(failure: unknown): failure is Failure {
  return failure instanceof Failure && [ExitCode.NO, ExitCode.REFUSED].includes(failure.exitCode);
}

function line({ object: { at, kind, name }, given, fix }: ObjectProblem): string {
  return `  ${printableText(`${at}: ${kind} ${name}: ${given}`)}; ${fix}`;
}

/**
 * What the API server's no to an object means, and what helps.
 */
export function explain(object: ReleaseObject, { code, status }: ApiError): ObjectProblem {
  const message = status.message ?? `the API server says ${code}`;
  const remedy = REMEDIES.find(([pattern, forCode]) => (forCode === undefined || forCode === code) && pattern.test(message));
  return { object, given: conflicts(status) ?? withoutPreamble(message), fix: remedy?.[2] ?? 'correct it', isAccess: isAccessDenied(code, status) };
}

/** By what the message is like and the code, if it matters: what to do. The first that fits counts. */
const REMEDIES: ReadonlyArray<readonly [RegExp, number | undefined, string]> = [
  [/^admission webhook /, undefined, 'meet the policy of the cluster that says so'],
  [/./, 401, 'renew the credential'],
  [/ cannot \w+ resource /, 403, 'let an administrator grant this right, or leave the object out'],
  [/attempting to grant RBAC permissions/, 403, 'grant only what the deployer itself may do, or let an administrator apply it'],
  [/exceeded quota|must specify/, 403, 'ask for less, remove what is not needed, or let an administrator raise the ResourceQuota'],
  [/violates PodSecurity/, 403, 'meet the Pod Security level of the namespace'],
  [/is being terminated/, 403, 'wait until the namespace is gone, and let an administrator make it again'],
  [/maximum|minimum/, 403, 'stay within the LimitRange of the namespace'],
  [/./, 403, 'meet the policy of the cluster that says so'],
  [/^namespaces /, 404, 'let an administrator make the namespace, or use the credential of another one'],
  [/could not find the requested resource/, 404, 'use an apiVersion that this cluster serves'],
  [/Apply failed with/, 409, 'leave the fields to that manager by leaving them out, or take them over (--force-conflicts)'],
  [/immutable|may not change|cannot change|forbidden: updates to/i, 422, 'give the object another name, or delete it first'],
  [/field not declared in schema|unknown field/, undefined, 'correct the name of the field, or leave it out'],
  [/ValidatingAdmissionPolicy/, undefined, 'meet the policy of the cluster that says so'],
];

/**
 * Whether other field managers have fields that an apply would change.
 */
export function isFieldConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 409 && fieldConflicts(error.status).length > 0;
}

function fieldConflicts({ details }: ApiError['status']): ReadonlyArray<{ readonly message?: string; readonly field?: string }> {
  return (details?.causes ?? []).filter(({ reason }) => reason === 'FieldManagerConflict');
}

function conflicts(status: ApiError['status']): string | undefined {
  const found = fieldConflicts(status);
  const managers = new Map<string, string[]>();
  for (const { message = '', field = '' } of found) {
    const manager = message.replace(/^conflict with /, '').replace(/ (?:using|with) .*$/s, '');
    managers.set(manager, [...managers.get(manager) ?? [], field]);
  }
  if (managers.size === 0) return undefined;
  return [...managers].sort().map(([manager, fields]) => `${manager} manages ${fields.join(', ')}`).join('; ');
}

/** Whom it is about stands before it already. */
function withoutPreamble(message: string): string {
  return message.replace(/^failed to create typed patch object \([^)]*\): /, '').replace(/^[\w.-]+ "[^"]*" is (?:invalid|forbidden): /, '');
}
