import type { CheckedJob } from './checked-pipeline';
import { isObject } from '../../base/json';
import type { Target } from '../targets/target';

/**
 * The name of the environment that a job is in, with variables as they are written.
 */
export function environmentOf({ effective: { environment } }: CheckedJob): string | undefined {
  const name = isObject(environment) ? environment.name : environment;
  return typeof name === 'string' ? name : undefined;
}

/**
 * Whether a job can be in the environment of a target: a variable in a name stands for any text.
 */
export function mayBeIn(job: CheckedJob, target: Target): boolean {
  const environment = environmentOf(job);
  if (environment === undefined) return false;
  return environment === target.environment || namePattern(environment).test(target.environment);
}

function namePattern(name: string): RegExp {
  const parts = name.split(/\$\{?[A-Za-z_][A-Za-z0-9_]*\}?/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/**
 * Whether a job brings something into an environment, as opposed to stopping it or looking at it.
 */
export function deploys({ effective: { environment } }: CheckedJob): boolean {
  const action = isObject(environment) ? environment.action ?? 'start' : 'start';
  return environment !== undefined && action === 'start';
}
