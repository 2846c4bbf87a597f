import type { Json } from '../../base/json';

/**
 * What a project that includes the component says.
 */
export interface ComponentInput {
  readonly name: string;
  readonly description: string;
  /** `string` unless said. */
  readonly type?: 'array';
  /** The project has to say it where this is left out. */
  readonly default?: Json;
  /**
   * What it must match. GitLab puts inputs into the text before it reads YAML or runs a script, so nothing may match that means something to either.
   */
  readonly regex?: string;
}

/**
 * Where GitLab puts the value of an input.
 */
export function inputReference(name: string): string {
  return `$[[ inputs.${name} ]]`;
}
