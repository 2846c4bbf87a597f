import type { HeldCredential } from '../../../pipeline/jobs/job';
import type { JobModel, TargetModel } from '../../../pipeline/model/pipeline-model';

/**
 * What is to be said of a job beside its name, without its needs.
 */
export function jobWords({ manual, protected: isProtected, action, environment, needs }: JobModel, targets: readonly TargetModel[]): Mark[] {
  const isDrawn = action !== 'uses' && targets.some((target) => target.environment === environment);
  return [
    ...needs === undefined ? [{ words: 'after all earlier stages' }] : [],
    ...environment === undefined || isDrawn ? [] : [{ words: `environment ${environment}` }],
    ...action === 'stops' ? [{ icon: 'stop', words: 'stops the environment' } as const] : [],
    ...isProtected ? [{ icon: 'lock', words: 'protected refs only' } as const] : [],
    ...manual ? [{ icon: 'hand', words: 'started by hand' } as const] : [],
  ];
}

/** Something about a job or an environment, with the sign that stands for it. */
export interface Mark {
  readonly icon?: 'lock' | 'hand' | 'key' | 'stop';
  readonly words: string;
}

/**
 * What is to be said of an environment beside its name.
 */
export function targetWords({ namespace, protected: isProtected, review }: TargetModel): Mark[] {
  return [
    { words: `namespace ${namespace}` },
    ...review ? [{ words: 'one for each merge request' }] : [],
    ...isProtected ? [{ icon: 'lock', words: 'protected' } as const] : [],
  ];
}

/**
 * Of which kind a credential is, and for whose jobs.
 */
export function credentialWords({ kind, source }: HeldCredential, { environment }: Pick<JobModel, 'environment'>): string {
  return (source === 'variable' || source === 'gitlab') && environment !== undefined ? `${kind} for ${environment}` : kind;
}
