import type { AccessServiceAccount, OidcTrust } from './access';
import { AccessObject, requiredText } from './access-object';

import { oidcAudience, oidcEnvironmentGroup, oidcIssuer, oidcPrefix, oidcUser } from '../../access/oidc-names';
import { isObject, JsonObject } from '../../base/json';
import { userError, show } from '../../base/user-error';
import { environmentName } from '../../gitlab/environments';
import type { NameRule } from '../../kubernetes/names';
import type { Subject } from '../../kubernetes/rbac';
import { TOKEN_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE } from '../../kubernetes/service-accounts';
import { OIDC_ANNOTATIONS, RECORD_TYPE } from '../../release/release-names';

/**
 * Reads the ServiceAccount of the manifests and its token Secret. Returns nothing when the subject is another one.
 *
 * @throws A `UserError` when the ServiceAccount is not the subject, or when a Secret is not empty or has another use.
 */
export function readServiceAccount(binding: AccessObject, subject: Subject, objects: AccessObject[]): AccessServiceAccount | undefined {
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  const secrets = objects.filter(({ kind }) => kind === 'Secret');
  secrets.filter(isReleaseHistory).forEach(checkReleaseHistory);
  const secret = secrets.find((object) => !isReleaseHistory(object));
  if (!account) return checkNoServiceAccount(binding, subject, secret);
  if (subject.kind !== 'ServiceAccount' || subject.namespace !== account.namespace || subject.name !== account.name) {
    throw userError({
      at: account.at,
      given: `ServiceAccount ${show(account.name)} is not the subject of the RoleBinding`,
      expected: 'only the ServiceAccount of the deployer',
      fix: 'remove this ServiceAccount from the file',
    });
  }
  checkNoListedSecrets(account);
  if (secret) checkTokenSecret(secret, account.name);
  return { name: account.name, tokenSecret: secret?.name };
}

function checkNoServiceAccount(binding: AccessObject, subject: Subject, secret: AccessObject | undefined): undefined {
  if (secret) {
    throw userError({
      at: secret.at,
      given: `Secret ${show(secret.name)} without a ServiceAccount`,
      expected: 'both or neither',
      fix: 'add the ServiceAccount, or remove the Secret',
    });
  }
  if (subject.kind !== 'ServiceAccount' || subject.namespace !== binding.namespace) return undefined;
  throw userError({
    at: binding.at,
    given: `the RoleBinding binds ServiceAccount ${show(subject.name)} of this namespace, which is not in the file`,
    expected: 'the ServiceAccount that gets access',
    fix: 'add the ServiceAccount to the file',
  });
}

/** Kubernetes treats a listed Secret as auto-generated, and deletes it after a year without use. */
function checkNoListedSecrets({ at, value }: AccessObject): void {
  if (!Array.isArray(value.secrets) || value.secrets.length === 0) return;
  throw userError({
    at,
    given: 'the ServiceAccount lists secrets',
    expected: 'none: Kubernetes treats a listed Secret as auto-generated, and deletes it after a year without use',
    fix: 'remove the list',
  });
}

function checkTokenSecret({ at, name, annotations, value }: AccessObject, account: string): void {
  const isToken = value.type === TOKEN_SECRET_TYPE && annotations[TOKEN_ACCOUNT_ANNOTATION] === account;
  if (isToken && !hasData(value)) return;
  throw userError({
    at,
    given: `Secret ${show(name)} ${isToken ? 'has data in it' : 'is no token of the ServiceAccount'}`,
    expected: `an empty Secret of type ${TOKEN_SECRET_TYPE} for ${show(account)}`,
    fix: 'use DeployerToken.tokenSecret(), or remove the Secret',
  });
}

/** Deploy jobs write the release history into these Secrets. */
function isReleaseHistory({ value }: AccessObject): boolean {
  return value.type === RECORD_TYPE;
}

function checkReleaseHistory({ at, name, value }: AccessObject): void {
  if (!hasData(value)) return;
  throw userError({
    at,
    given: `Secret ${show(name)} has data in it`,
    expected: 'an empty Secret for the release history',
    fix: 'remove the data: only deploy jobs write the history',
  });
}

function hasData({ data, stringData }: JsonObject): boolean {
  return [data, stringData].some((content) => isObject(content) && Object.keys(content).length > 0);
}

/**
 * Reads from the annotations of a RoleBinding which id_tokens identify its subject. Returns nothing without such annotations.
 *
 * @throws A `UserError` when an annotation is invalid or does not match the subject.
 */
export function readOidcTrust(binding: AccessObject, subject: Subject): OidcTrust | undefined {
  const { at, annotations } = binding;
  const { issuer, audience, projectId, usernamePrefix, environment } = OIDC_ANNOTATIONS;
  if (!Object.values(OIDC_ANNOTATIONS).some((key) => key in annotations)) return undefined;
  const text = (key: string, rule: NameRule) => requiredText(at, `annotation ${key}`, annotations[key], rule);
  const trust: OidcTrust = {
    issuer: text(issuer, oidcIssuer),
    audience: text(audience, oidcAudience),
    projectId: Number(text(projectId, projectIdRule)),
    usernamePrefix: text(usernamePrefix, oidcPrefix),
    ...(environment in annotations ? { environment: text(environment, environmentName) } : {}),
  };
  checkSubject(at, subject, trust);
  return trust;
}

const projectIdRule: NameRule = (value) => (/^[1-9]\d{0,14}$/.test(value) ? undefined : 'the numeric id of the project, such as "42"');

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
