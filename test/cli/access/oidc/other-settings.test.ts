import { OidcTrust } from '../../../../src/cli/access/access';
import { apiServerFlags, eksIdentityProvider } from '../../../../src/cli/access/oidc/other-settings';

const TRUST: OidcTrust = { issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com', projectId: 42, usernamePrefix: 'gitlab:' };

test('the flags make the same user of the same jobs', () => {
  expect(apiServerFlags(TRUST, '/etc/gitlab.crt').settings).toEqual([
    '--oidc-issuer-url=https://gitlab.example.com',
    '--oidc-client-id=https://k8s.example.com',
    '--oidc-username-claim=project_id',
    '--oidc-username-prefix=gitlab:project:',
    '--oidc-required-claim=project_id=42',
    '--oidc-required-claim=ref_protected=true',
    '--oidc-required-claim=ref_type=branch',
    '--oidc-ca-file=/etc/gitlab.crt',
  ]);
});

test('with an environment they let in only its jobs, while it is protected, and make the same group', () => {
  const { settings, missing } = apiServerFlags({ ...TRUST, environment: 'production' });
  expect(settings).toEqual(expect.arrayContaining([
    '--oidc-groups-claim=environment',
    '--oidc-groups-prefix=gitlab:project:42:environment:',
    '--oidc-required-claim=environment=production',
    '--oidc-required-claim=environment_protected=true',
  ]));
  expect(missing).toContainEqual(expect.stringMatching(/^one project is let in with one environment, .*never leave one out/));
});

test('they say which rules they lack', () => {
  expect(apiServerFlags(TRUST).missing).toMatchInlineSnapshot(`
[
  "one project is let in, since a required claim has one value; without that of project_id every project is known to the cluster, with the rights of those that are bound",
  "a token that is for another audience, too, is accepted",
  "names that begin with "system:" are kept out by the prefix alone, and no rule refuses them",
  "the audit log does not say which job it was",
  "the flags are read when the API server starts, and there is one issuer",
]
`);
});

test('the identity provider of EKS says what the flags say', () => {
  const provider = JSON.parse(eksIdentityProvider({ ...TRUST, environment: 'production' }).settings.join('\n'));
  expect(provider).toEqual({
    identityProviderConfigName: 'gitlab',
    issuerUrl: 'https://gitlab.example.com',
    clientId: 'https://k8s.example.com',
    usernameClaim: 'project_id',
    usernamePrefix: 'gitlab:project:',
    groupsClaim: 'environment',
    groupsPrefix: 'gitlab:project:42:environment:',
    requiredClaims: { project_id: '42', ref_protected: 'true', ref_type: 'branch', environment: 'production', environment_protected: 'true' },
  });
  expect(eksIdentityProvider(TRUST).settings.join('')).not.toContain('groups');
});
