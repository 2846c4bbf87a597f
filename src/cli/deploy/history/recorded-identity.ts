import { Fields } from './record-fields';
import { corrupt, recordProblem } from './record-problem';
import { isObject, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { IDENTITY_ANNOTATION } from '../../../release/release-names';
import type { ReleaseIdentity } from '../objects/release';

/**
 * The annotations of an object that says of itself whose it is.
 *
 * @throws `Failure` when it says nothing, or belongs to another project, environment or application.
 */
export function ownAnnotations(at: string, { metadata }: JsonObject, identity: ReleaseIdentity): JsonObject {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  const written = annotations[IDENTITY_ANNOTATION];
  checkSame(at, identityIn(Fields.of(at, parsed(`${at}: annotation ${IDENTITY_ANNOTATION}`, String(written ?? '')))), identity);
  return annotations;
}

/**
 * Refuses what belongs to another project, environment or application.
 */
export function checkSame(at: string, found: ReleaseIdentity, identity: ReleaseIdentity): void {
  if (isSameIdentity(found, identity)) return;
  throw recordProblem({
    at,
    given: `it belongs to ${identityInWords(found)}`,
    expected: identityInWords(identity),
    fix: 'leave it to its owner, and deploy with another --app or --environment, or into another namespace',
  });
}

export function isSameIdentity(one: ReleaseIdentity, other: ReleaseIdentity): boolean {
  return one.project === other.project && one.environment === other.environment && one.app === other.app;
}

/**
 * For people.
 */
export function identityInWords({ app, environment, project }: ReleaseIdentity): string {
  return `application ${show(app)}, environment ${show(environment)}, project ${show(project)}`;
}

/**
 * An identity as it is written.
 */
export function identityIn(fields: Fields): ReleaseIdentity {
  return { project: fields.text('project'), environment: fields.text('environment'), app: fields.text('app') };
}

function parsed(at: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(at, text === '' ? 'it is missing' : show(text));
  }
}
