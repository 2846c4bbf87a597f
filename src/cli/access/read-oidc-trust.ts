import type { OidcTrust } from './access';
import { AccessObject, requiredText } from './access-object';
import { OIDC_ANNOTATIONS, oidcAudience, oidcEnvironmentGroup, oidcIssuer, oidcPrefix, oidcUser } from '../../access/oidc-names';
import { userError, show } from '../../base/user-error';
import { environmentName } from '../../gitlab/environments';
import type { NameRule } from '../../kubernetes/names';
import type { Subject } from '../../kubernetes/rbac';

/**
 * Whose id_tokens make the subject of a RoleBinding, as its annotations say, or nothing when it has none.
 *
 * @throws A refusal when the annotations do not say the same as the subject.
 */
export function readOidcTrust(binding: AccessObject, subject: Subject): OidcTrust | undefined {
  const { at, annotations } = binding;
  const { issuer, audience, projectId, usernamePrefix, environment } = OIDC_ANNOTATIONS;
  if (!Object.values(OIDC_ANNOTATIONS).some((key) => key in annotations)) return undefined;
  const text = (key: string, rule: NameRule) => requiredText(at, `annotation ${key}`, annotations[key], rule);
  const trust: OidcTrust = {
    issuer: text(issuer, oidcIssuer),
    audience: text(audience, oidcAudience),
    projectId: Number(text(projectId, projectIdText)),
    usernamePrefix: text(usernamePrefix, oidcPrefix),
    ...(environment in annotations ? { environment: text(environment, environmentName) } : {}),
  };
  checkSubject(at, subject, trust);
  return trust;
}

const projectIdText: NameRule = (value) => (/^[1-9]\d{0,14}$/.test(value) ? undefined : 'the project\'s id');

function checkSubject(at: string, subject: Subject, { usernamePrefix, projectId, environment }: OidcTrust): void {
  const expected = environment === undefined
    ? { kind: 'User', name: oidcUser(usernamePrefix, projectId) }
    : { kind: 'Group', name: oidcEnvironmentGroup(usernamePrefix, projectId, environment) };
  if (subject.kind === expected.kind && subject.name === expected.name) return;
  throw userError({
    at,
    given: `the subject is ${subject.kind} ${show(subject.name)}`,
    expected: `${expected.kind} ${show(expected.name)}, as the annotations say`,
    fix: 'synthesize the manifests again',
  });
}
