import type { Unusable } from './stored-secret';
import { printableText } from '../../../base/printable';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { ApiError } from '../../cluster/status';
import { explain, ObjectProblem } from '../objects/object-problems';

/**
 * A pull secret that is left as it is.
 */
export class PullSecretRefused extends Failure {
  public override readonly name: string = 'PullSecretRefused';

  /** The same as one of the reasons why a release cannot be applied. */
  public readonly refusal: ObjectProblem;

  public constructor(secret: string, { given, fix }: Unusable, isAccess = false) {
    super(`${printableText(`${OPTION}: Secret ${secret}: ${given}`)}; ${fix}`, isAccess ? ExitCode.REFUSED : ExitCode.NO);
    this.refusal = { object: { at: OPTION, kind: 'Secret', name: secret }, given, fix, isAccess };
  }
}

/**
 * A Secret that is no pull secret to share, whatever the API server allows.
 */
export class PullSecretUnusable extends PullSecretRefused {
  public override readonly name = 'PullSecretUnusable';
}

const OPTION = '--pull-secret';

/**
 * What the API server's no to a pull secret means.
 *
 * @param options `mask` hides the secrets that the job knows.
 */
export function refusedBy(refusal: ApiError, options: { readonly name: string; readonly mask: (text: string) => string }): PullSecretRefused {
  const { name, mask } = options;
  const { given, fix, isAccess } = explain({ at: OPTION, apiVersion: 'v1', kind: 'Secret', name, value: {} }, refusal);
  const isForbidden = isAccess && refusal.code === 403;
  const grant = 'let an administrator grant this right (`pullSecret` of DeployerRole.leastPrivilege), or make the Secret and leave the option out';
  return new PullSecretRefused(name, { given: mask(given), fix: isForbidden ? grant : fix }, isAccess);
}
