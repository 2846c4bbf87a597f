import { ComponentInput, inputReference } from './component-input';
import { LONGEST_LABEL, longestApp, type Target } from '../targets/target';

/**
 * Words that stand in a pipeline for what inputs will say. Each is a name of the strictest grammar that its value must have, so whatever is written
 * around it without quotes may be written so around the value.
 */
export const APP_PLACEHOLDER = 'zq-input-app';

const PLACEHOLDER = /zq-input-(?:app|environment-\d+-end|namespace-\d+-end)/g;

const LABEL = labelOf(LONGEST_LABEL);

/**
 * A target with placeholders in place of its names.
 */
export function withPlaceholders(target: Target, index: number, targets: readonly Target[]): Target {
  const before = targets.findIndex(({ environment }) => environment === target.after);
  const after = targets[before] && isInput(targets[before]) ? environmentAt(before) : target.after;
  const named = { ...target, namespace: namespaceAt(index), after };
  if (!isInput(target)) return named;
  const name = environmentAt(index);
  return { ...named, environment: target.isReview ? target.environment.replace(target.folder, name) : name, folder: name, slug: name };
}

/** An environment whose name is none of a job, or has parts, keeps it. */
function isInput({ folder, slug }: Target): boolean {
  return folder === slug;
}

function environmentAt(index: number): string {
  return `zq-input-environment-${index}-end`;
}

function namespaceAt(index: number): string {
  return `zq-input-namespace-${index}-end`;
}

/**
 * The inputs of the placeholders.
 */
export function namedInputs(targets: readonly Target[]): ReadonlyMap<string, ComponentInput> {
  return new Map<string, ComponentInput>([
    [APP_PLACEHOLDER, {
      name: 'app',
      description: 'The name of the application, as in the programs that synthesize it.',
      regex: labelOf(longestApp(targets)),
    }],
    ...targets.flatMap(({ slug, folder, isReview }, index): Array<[string, ComponentInput]> => [
      [environmentAt(index), {
        name: `${slug}-environment`,
        description: isReview ? 'What the names of the environments of merge requests start with.' : `The environment in GitLab, for ${folder}.`,
        default: folder,
        regex: LABEL,
      }],
      [namespaceAt(index), { name: `${slug}-namespace`, description: `The namespace in the cluster, for ${folder}.`, regex: LABEL }],
    ]),
  ]);
}

/** A DNS label. */
function labelOf(longest: number): string {
  return `^[a-z0-9]([-a-z0-9]{0,${longest - 2}}[a-z0-9])?$`;
}

/**
 * A text with references to inputs in place of the placeholders.
 *
 * @param used Gets the inputs that are in it.
 */
export function withReferences(text: string, inputs: ReadonlyMap<string, ComponentInput>, used: Set<ComponentInput>): string {
  return text.replace(PLACEHOLDER, (placeholder) => {
    const input = inputs.get(placeholder);
    if (input === undefined) throw new Error(`no input for ${placeholder}`);
    used.add(input);
    return inputReference(input.name);
  });
}
