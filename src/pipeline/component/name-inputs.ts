import type { Json } from '../../base/json';
import { LONGEST_LABEL, longestApp, type Target } from '../targets/pipeline-plan';

/**
 * An input of a component. The project that includes the component sets its value.
 */
export interface ComponentInput {
  readonly name: string;
  readonly description: string;
  /** The default is `string`. */
  readonly type?: 'array';
  /** An input without a default is required. */
  readonly default?: Json;
  /**
   * The pattern that the value must match. It must not allow characters with a meaning in YAML or the shell:
   * GitLab inserts the value into the text of the file before it parses the file.
   */
  readonly regex?: string;
}

/**
 * The reference that GitLab replaces by the value of an input.
 */
export function inputReference(name: string): string {
  return `$[[ inputs.${name} ]]`;
}

/**
 * A placeholder in the pipeline for the value of an input. The placeholder is valid in the strictest grammar of the values.
 * So a value needs quotes only if the placeholder needs them.
 */
export const APP_PLACEHOLDER = 'zq-input-app';

const PLACEHOLDER = /zq-input-(?:app|environment-\d+-end|namespace-\d+-end)/g;

const LABEL = labelPattern(LONGEST_LABEL);

/**
 * A target with placeholders for its names.
 */
export function withPlaceholders(target: Target, index: number, targets: readonly Target[]): Target {
  const before = targets.findIndex(({ environment }) => environment === target.after);
  const after = targets[before] && hasInput(targets[before]) ? environmentPlaceholder(before) : target.after;
  const named = { ...target, namespace: namespacePlaceholder(index), after };
  if (!hasInput(target)) return named;
  const name = environmentPlaceholder(index);
  return { ...named, environment: target.isReview ? target.environment.replace(target.folder, name) : name, folder: name, slug: name };
}

/** The environment's name must also be its slug. Another name, such as one with a slash, stays as it is. */
function hasInput({ folder, slug }: Target): boolean {
  return folder === slug;
}

function environmentPlaceholder(index: number): string {
  return `zq-input-environment-${index}-end`;
}

function namespacePlaceholder(index: number): string {
  return `zq-input-namespace-${index}-end`;
}

/**
 * The inputs for names, by placeholder.
 */
export function nameInputs(targets: readonly Target[]): ReadonlyMap<string, ComponentInput> {
  return new Map<string, ComponentInput>([
    [APP_PLACEHOLDER, {
      name: 'app',
      description: 'The name of the application, as in the programs that synthesize it.',
      regex: labelPattern(longestApp(targets)),
    }],
    ...targets.flatMap(({ slug, folder, isReview }, index): Array<[string, ComponentInput]> => [
      [environmentPlaceholder(index), {
        name: `${slug}-environment`,
        description: isReview ? 'What the names of the environments of merge requests start with.' : `The environment in GitLab, for ${folder}.`,
        default: folder,
        regex: LABEL,
      }],
      [namespacePlaceholder(index), { name: `${slug}-namespace`, description: `The namespace in the cluster, for ${folder}.`, regex: LABEL }],
    ]),
  ]);
}

function labelPattern(longest: number): string {
  return `^[a-z0-9]([-a-z0-9]{0,${longest - 2}}[a-z0-9])?$`;
}

/**
 * Replaces placeholders by references to inputs.
 *
 * @param used The function adds the referenced inputs to it.
 */
export function withReferences(text: string, inputs: ReadonlyMap<string, ComponentInput>, used: Set<ComponentInput>): string {
  return text.replace(PLACEHOLDER, (placeholder) => {
    const input = inputs.get(placeholder);
    if (input === undefined) throw new Error(`no input for ${placeholder}`);
    used.add(input);
    return inputReference(input.name);
  });
}
