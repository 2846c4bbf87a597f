import * as fc from 'fast-check';
import { parse } from 'yaml';
import { oidcAudience, oidcEnvironmentGroup, oidcIssuer, oidcPrefix, oidcUser } from '../../../../src/access/oidc-names';
import { OidcTrust } from '../../../../src/cli/access/access';
import { authenticationConfiguration, configurationVersion } from '../../../../src/cli/access/oidc/authentication-configuration';
import { environmentName } from '../../../../src/gitlab/environments';
import { CA_PEM } from '../../../support/kubeconfigs';

const TRUST: OidcTrust = { issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com', projectId: 42, usernamePrefix: 'gitlab:' };

test.each<[string | undefined, string]>([
  ['v1.30.0', 'v1beta1'], ['v1.33.13', 'v1beta1'], ['v1.33.4-gke.1200', 'v1beta1'], ['1.33.1+k3s1', 'v1beta1'], ['v1.34.0', 'v1'], ['v1.34.1-eks-113cf36', 'v1'], ['v1.37.2', 'v1'],
  ['v2.1.0', 'v1'], ['unknown', 'v1'], [undefined, 'v1'],
])('a server of version %s reads %s', (gitVersion, expected) => {
  const version = configurationVersion(gitVersion);
  const text = authenticationConfiguration(TRUST, { configurationVersion: version });

  expect([version, parse(text).apiVersion]).toEqual([expected, `apiserver.config.k8s.io/${expected}`]);
  expect(text).toContain(expected === 'v1' ? 'needs Kubernetes 1.34 or newer' : 'is for Kubernetes 1.30 to 1.33');
});

test('the configuration checks issuer, audience, project and protected branch, and names the user after the project\'s id', () => {
  expect(authenticationConfiguration(TRUST)).toMatchInlineSnapshot(`
"# For kube-apiserver --authentication-config=FILE, without any --oidc-* flag. The API server reloads the file when it changes.
# This version needs Kubernetes 1.34 or newer. Kubernetes 1.30 to 1.33 need apiserver.config.k8s.io/v1beta1.
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
# Use one entry for each issuer. If the issuer has an entry, add the id of the project to the list in its first rule.
# To add another GitLab, add an entry with another prefix.
- issuer:
    url: 'https://gitlab.example.com'
    audiences: ['https://k8s.example.com']
  claimValidationRules:
  - expression: 'claims.project_id in ["42"]'
    message: the job is of another project
  - expression: 'claims.aud == "https://k8s.example.com" || claims.aud == ["https://k8s.example.com"]'
    message: the token is for another audience, too
  - expression: 'claims.ref_protected == "true"'
    message: the job is of a branch that is not protected
  # To let jobs of protected tags deploy, too: claims.ref_type in ["branch", "tag"]
  - expression: 'claims.ref_type == "branch"'
    message: the job is not of a branch
  claimMappings:
    username:
      expression: '"gitlab:project:" + claims.project_id'
    groups:
      expression: 'has(claims.environment_protected) && claims.environment_protected == "true" ? "gitlab:project:" + claims.project_id + ":environment:" + claims.environment : ""'
    # For the audit log.
    extra:
    - key: cdk8s-ci-deploy/job-id
      valueExpression: claims.job_id
  userValidationRules:
  - expression: '!user.username.startsWith("system:")'
    message: the user is one of Kubernetes' own
  - expression: 'user.groups.all(group, !group.startsWith("system:"))'
    message: a group is one of Kubernetes' own
"
`);
});

test('the configuration is valid YAML with one issuer', () => {
  const { apiVersion, kind, jwt } = parse(authenticationConfiguration(TRUST, { certificateAuthority: CA_PEM }));
  expect([apiVersion, kind, jwt.length]).toEqual(['apiserver.config.k8s.io/v1', 'AuthenticationConfiguration', 1]);
  expect(jwt[0].issuer).toEqual({ url: TRUST.issuer, audiences: [TRUST.audience], certificateAuthority: CA_PEM });
});

const prefix = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/#@-]{0,9}$/).filter((text) => oidcPrefix(text) === undefined);
const audience = fc.stringMatching(/^[\x21-\x7e]{1,20}$/);
const environment = fc.stringMatching(/^[\w. -]([\w./ -]{0,9}[\w. -])?$/).filter((text) => environmentName(text) === undefined);
const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test('every valid audience and prefix survives YAML and CEL', () => {
  fc.assert(fc.property(audience, prefix, id, (aud, usernamePrefix, projectId) => {
    expect(oidcAudience(aud)).toBeUndefined();
    const [entry] = parse(authenticationConfiguration({ ...TRUST, audience: aud, usernamePrefix, projectId })).jwt;
    expect(entry.issuer.audiences).toEqual([aud]);
    expect(entry.claimValidationRules[1].expression).toBe(`claims.aud == ${JSON.stringify(aud)} || claims.aud == [${JSON.stringify(aud)}]`);
    expect(entry.claimValidationRules[0].expression).toBe(`claims.project_id in ["${projectId}"]`);
    expect(entry.claimMappings.username.expression).toBe(`${JSON.stringify(oidcUser(usernamePrefix, ''))} + claims.project_id`);
  }));
});

test('no user and no group has a name of Kubernetes itself', () => {
  fc.assert(fc.property(prefix, id, environment, (usernamePrefix, projectId, name) => {
    const names = [oidcUser(usernamePrefix, projectId), oidcEnvironmentGroup(usernamePrefix, projectId, name)];
    expect(names.filter((text) => text.startsWith('system:'))).toEqual([]);
  }));
});

test('two projects or environments never share a name', () => {
  const subject = fc.record({ projectId: id, environment: fc.option(environment) });
  const nameOf = (usernamePrefix: string, { projectId, environment: name }: { projectId: number; environment: string | null }) =>
    (name === null ? oidcUser(usernamePrefix, projectId) : oidcEnvironmentGroup(usernamePrefix, projectId, name));
  fc.assert(fc.property(prefix, subject, subject, (usernamePrefix, one, other) => {
    const same = one.projectId === other.projectId && one.environment === other.environment;
    expect(nameOf(usernamePrefix, one) === nameOf(usernamePrefix, other)).toBe(same);
  }));
});

test.each<[string, (value: string) => string | undefined, string[]]>([
  ['prefix', oidcPrefix, ['', 'system:', 'system:gitlab:', ':', 'a b', 'a"', 'a\'', 'a\\', 'a\n', 'ä']],
  ['audience', oidcAudience, ['', ' ', 'a b', 'a\n', '\u202e']],
  ['issuer', oidcIssuer, ['', 'http://gitlab.example.com', 'https://', 'https://a@b', 'https://a?b', 'https://a#b', 'https://a b', 'https://a\n', 'https://ä']],
  ['environment', environmentName, ['', '/', 'a/', '/a', 'a:b', 'a"', '$A', 'a\n', 'a'.repeat(256)]],
])('the rule for the %s rejects ambiguous values', (_, rule, values) => {
  expect(values.filter((value) => rule(value) === undefined)).toEqual([]);
});

test.each<[string, (value: string) => string | undefined, string[]]>([
  ['prefix', oidcPrefix, ['gitlab:', 'aks:jwt:gitlab:', 'https://gitlab.example.com#', 'systems:', 'a']],
  ['audience', oidcAudience, ['https://k8s.example.com', 'k8s', 'a\'"\\']],
  ['issuer', oidcIssuer, ['https://gitlab.example.com', 'https://gitlab.example.com:8443/gitlab']],
  ['environment', environmentName, ['production', 'review/feature-1', 'Production EU', 'a']],
])('the rule for the %s accepts common values', (_, rule, values) => {
  expect(values.filter((value) => rule(value) !== undefined)).toEqual([]);
});
