import { parse } from 'yaml';
import { OidcTrust } from '../../../../src/cli/access/access';
import { authenticationConfiguration } from '../../../../src/cli/access/oidc/authentication-configuration';
import { oidcInstructions } from '../../../../src/cli/access/oidc/oidc-instructions';
import { apiServerFlags, eksIdentityProvider } from '../../../../src/cli/access/oidc/other-settings';
import { CA_PEM } from '../../../support/kubeconfigs';

const TRUST: OidcTrust = { issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com', projectId: 42, usernamePrefix: 'gitlab:' };

test('has the file, the other ways and what they lack', () => {
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
  ['aks:jwt:gitlab:', 'Names begin with "aks:jwt:" there, as these do'],
])('says what AKS wants of the prefix %s', (usernamePrefix, words) => {
  expect(oidcInstructions({ ...TRUST, usernamePrefix })).toContain(words);
});

test('ends with the job, as GitLab reads it', () => {
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
