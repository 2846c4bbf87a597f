import { ImageReference } from './image-reference';
import { located, userError, show } from '../base/user-error';
import { CiVariables, isCi } from '../gitlab/ci-variables';

/**
 * An image reference and its origin.
 */
export interface GivenImage {
  /** The name of the value in errors. */
  readonly at: string;
  readonly text: string;
  /** Whether the program itself contains the reference. Every registry is allowed then. */
  readonly trusted: boolean;
}

/**
 * The rules for an image: see `ImagePolicy`.
 */
export interface ImageRules {
  readonly allowMutableTag?: boolean;
  readonly requireDigest?: boolean;
  readonly allowedRegistries?: readonly string[];
}

/** The text that stands for an image in manifests, unless another one is chosen. */
export const PLACEHOLDER = 'IMAGE';

/**
 * Parses an image reference and checks it against the rules.
 *
 * @throws When the reference is invalid or breaks a rule.
 */
export function checkedImage(image: GivenImage, rules: ImageRules, variables: CiVariables): ImageReference {
  const reference = parse(image);
  checkTag(image, reference, rules, variables);
  checkRegistry(image, reference, rules, variables);
  return reference;
}

function parse(image: GivenImage): ImageReference {
  if (image.text === PLACEHOLDER) {
    throw userError({
      at: image.at,
      given: `it is the placeholder ${show(PLACEHOLDER)}`,
      expected: 'an image reference such as "registry.example.com/group/project:1.0"',
      fix: 'pass the reference that the image job pushed',
    });
  }
  try {
    return ImageReference.parse(image.text);
  } catch (error) {
    throw located(image.at, error);
  }
}

function checkTag(image: GivenImage, reference: ImageReference, rules: ImageRules, variables: CiVariables): void {
  if (reference.isPinned) return;
  if (rules.requireDigest) {
    throw userError({
      at: image.at,
      given: `${show(image.text)} has no digest`,
      expected: 'a reference by digest such as "registry.example.com/group/project@sha256:…"',
      fix: 'write the digest that the push printed into the image job\'s report',
    });
  }
  if (rules.allowMutableTag || !isMutable(reference, variables)) return;
  throw userError({
    at: image.at,
    given: `${show(image.text)} has ${reference.tag === undefined ? 'no tag' : `the mutable tag ${show(reference.tag)}`}`,
    expected: 'a tag that is pushed once, or a digest',
    fix: 'use a tag with commit and job, pass the digest, or allow mutable tags (allowMutableTag, --allow-mutable-tag)',
  });
}

function isMutable(reference: ImageReference, variables: CiVariables): boolean {
  const { tag } = reference;
  const branch = variables.CI_COMMIT_TAG ? undefined : variables.CI_COMMIT_REF_SLUG;
  return tag === undefined || tag === 'latest' || tag === branch;
}

function checkRegistry(image: GivenImage, reference: ImageReference, rules: ImageRules, variables: CiVariables): void {
  const allowed = rules.allowedRegistries ?? ownRegistry(image, variables);
  const name = `${reference.registry}/${reference.repository}`;
  if (!allowed || allowed.some((prefix) => name === prefix || name.startsWith(`${prefix.replace(/(?<!\/)\/+$/, '')}/`))) return;
  throw userError({
    at: image.at,
    given: `${show(image.text)} is in ${show(name)}`,
    expected: allowed.length > 0 ? `an image in ${allowed.map(show).join(' or ')}` : 'the project\'s own registry, but CI_REGISTRY_IMAGE is not set',
    fix: 'push to the project\'s own registry, or allow the other one (allowedRegistries, --allow-registry)',
  });
}

/**
 * The registries of the option --allow-registry: those in it and, in CI, the project's own. Undefined without the option.
 */
export function withOwnRegistry(prefixes: readonly string[], variables: CiVariables): string[] | undefined {
  if (prefixes.length === 0) return undefined;
  return isCi(variables) && variables.CI_REGISTRY_IMAGE ? [...new Set([...prefixes, variables.CI_REGISTRY_IMAGE])] : [...prefixes];
}

function ownRegistry(image: GivenImage, variables: CiVariables): string[] | undefined {
  if (image.trusted || !isCi(variables)) return undefined;
  return variables.CI_REGISTRY_IMAGE ? [variables.CI_REGISTRY_IMAGE] : [];
}
