import { parse } from 'yaml';
import { OidcTrust } from '../../../../src/cli/access/access';
import { authenticationConfiguration } from '../../../../src/cli/access/oidc/authentication-configuration';
import { apiServerFlags, eksIdentityProvider, oidcInstructions } from '../../../../src/cli/access/oidc/oidc-instructions';
import { CA_PEM } from '../../../support/kubeconfigs';

const TRUST: OidcTrust = { issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com', projectId: 42, usernamePrefix: 'gitlab:' };

describe('the instructions', () => {
  test('hold the configuration file, the other settings and the checks that those lack', () => {
    const text = oidcInstructions(TRUST, { certificateAuthority: CA_PEM });
    const others = [apiServerFlags(TRUST, 'FILE'), eksIdentityProvider(TRUST)];
    const file = authenticationConfiguration(TRUST, { certificateAuthority: CA_PEM });
    const parts = [file, ...others.flatMap(({ settings, missing }) => [...settings, ...missing])];
    expect(parts.filter((part) => !text.includes(part))).toEqual([]);
    expect(text).toContain('On AKS');
    expect(text).toContain('On GKE');
    expect(text).toMatch(/[^\n]\n$/);
  });

  test.each([
    ['gitlab:', 'set usernamePrefix to "aks:jwt:gitlab:" and grant again'],
    ['aks:jwt:gitlab:', 'AKS requires names that begin with "aks:jwt:", as these names do'],
  ])('state the prefix that AKS requires, for the prefix %s', (usernamePrefix, words) => {
    expect(oidcInstructions({ ...TRUST, usernamePrefix })).toContain(words);
  });

  test('end with a job that is valid YAML', () => {
    const text = oidcInstructions({ ...TRUST, environment: 'production' });
    expect(parse(text.slice(text.indexOf('    deploy:')))).toEqual({
      deploy: {
        environment: 'production',
        timeout: '15 minutes',
        id_tokens: { KUBERNETES_ID_TOKEN: { aud: 'https://k8s.example.com' } },
        before_script: ['(umask 077 && printf %s "$KUBERNETES_ID_TOKEN" > /tmp/id-token)'],
      },
    });
  });
});

describe('the flags of the API server', () => {
  test('give a job the same user name as the configuration file', () => {
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

  test('with an environment accept only jobs of that protected environment, and give them its group', () => {
    const { settings, missing } = apiServerFlags({ ...TRUST, environment: 'production' });
    expect(settings).toEqual(expect.arrayContaining([
      '--oidc-groups-claim=environment',
      '--oidc-groups-prefix=gitlab:project:42:environment:',
      '--oidc-required-claim=environment=production',
      '--oidc-required-claim=environment_protected=true',
    ]));
    expect(missing).toContainEqual(expect.stringMatching(/^the API server accepts one project with one environment/));
    expect(missing).toContainEqual(expect.stringMatching(/^never remove a required claim/));
  });

  test('come with the checks that they lack', () => {
    expect(apiServerFlags(TRUST).missing).toMatchInlineSnapshot(`
[
  "the API server accepts one project, since a required claim has one value",
  "never remove the required claim project_id: every project of this GitLab could then authenticate, and use the rights of bound users",
  "the API server also accepts a token that has another audience, too",
  "no rule rejects names that begin with "system:", only the prefix prevents them",
  "the audit log does not show the job",
  "the API server reads the flags when it starts, and supports one issuer",
]
`);
  });
});

test('the identity provider of EKS has the same claims and prefixes as the flags', () => {
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
