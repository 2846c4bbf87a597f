import { gitlabDestinationOf, trustOf } from '../../../src/cli/credentials/gitlab-options';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { Gitlab } from '../../gitlab/gitlab-server';
import { SERVER, TOKEN } from '../../support/kubeconfigs';
import { TestAuthority } from '../../support/x509';
import { contextOf, ContextOptions } from '../gitlab/context';

const ARGV = ['--gitlab-url', 'https://gitlab.example.com', '--project', '42', '--environment', 'production'];
const VARIABLES = { GITLAB_TOKEN: 'glpat-hunter2-secret' };

test.each<[string, string[], ContextOptions, string]>([
  ['a project and an environment', ARGV, { variables: VARIABLES }, 'variable KUBECONFIG of project 42 on gitlab.example.com for environment production'],
  ['a CI job', ['--environment', 'review/*'], { variables: { ...VARIABLES, CI_SERVER_URL: 'https://gitlab.example.com', CI_PROJECT_ID: '7' } },
    'variable KUBECONFIG of project 7 on gitlab.example.com for environment review/*'],
  ['a group, every environment and another key', ['--group', 'example-group', '--environment', '*', '--variable', 'KUBE', '--gitlab-url', 'https://example.com/gitlab'],
    { variables: VARIABLES }, 'variable KUBE of group example-group on example.com/gitlab for every environment'],
])('the destination is described for %s', async (_, argv, options, expected) => {
  expect((await gitlabDestinationOf(contextOf(argv, options))).description).toBe(expected);
});

test.each<[string, string[], ContextOptions, RegExp]>([
  ['a missing environment', ARGV.slice(0, 4), { variables: VARIABLES }, /^--environment: it is missing, .*--environment "\*" gives the credential to every job$/],
  ['an invalid environment', [...ARGV.slice(0, 5), 'a,b'], { variables: VARIABLES }, /^--environment: it is "a,b"/],
  ['an invalid key', [...ARGV, '--variable', 'KUBE-CONFIG'], { variables: VARIABLES }, /^--variable: it is "KUBE-CONFIG"/],
  ['an empty key', [...ARGV, '--variable='], { variables: VARIABLES }, /^--variable: it is ""/],
  ['a key too long for that of the token', [...ARGV, '--variable', 'K'.repeat(250)], { variables: VARIABLES }, /^--variable: it is/],
  ['an unknown type', [...ARGV, '--variable-type', 'secret'], { variables: VARIABLES }, /^--variable-type: "secret", expected file, env_var/],
  ['a missing token', ARGV, {}, /^GITLAB_TOKEN: it is not set/],
  ['a missing CA file', [...ARGV, '--ca-file', 'gone.pem'], { variables: VARIABLES }, /file not found: .*gone\.pem/],
  ['a CA file without certificates', [...ARGV, '--ca-file', 'ca.pem'], { variables: VARIABLES, files: { 'repository/ca.pem': 'none' } }, /^ca\.pem: it holds no certificate/],
])('the options are rejected for %s before the first request', async (_, argv, options, expected) => {
  await expect(gitlabDestinationOf(contextOf(argv, options))).rejects.toThrow(expected);
});

describe('the CA certificates for GitLab', () => {
  const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n`;
  const files = { 'repository/one.pem': pem('one'), 'repository/two.pem': pem('two'), 'repository/three.pem': pem('three') };

  test.each<[string, string[], Record<string, string>, object]>([
    ['only those of the option', ['--ca-file', 'one.pem'], { CI_SERVER_TLS_CA_FILE: 'two.pem' },
      { certificateAuthority: pem('one'), certificateAuthorityName: 'those of --ca-file' }],
    ['those of the CI job and of the system', [], { CI_SERVER_TLS_CA_FILE: 'two.pem', SSL_CERT_FILE: 'three.pem' },
      { certificateAuthority: pem('two'), certificateAuthorityName: 'those of CI_SERVER_TLS_CA_FILE', alsoTrusted: true }],
    ['those of SSL_CERT_FILE and of the system', [], { SSL_CERT_FILE: 'three.pem' },
      { certificateAuthority: pem('three'), certificateAuthorityName: 'those of SSL_CERT_FILE', alsoTrusted: true }],
    ['those of the system', [], {}, {}],
  ])('are %s', async (_, argv, variables, expected) => {
    expect(await trustOf(contextOf(argv, { variables, files }))).toEqual(expected);
  });
});

test('the destination stores a credential in a GitLab with a private CA', async () => {
  const authority = new TestAuthority();
  const gitlab = await Gitlab.start({ tls: authority.issue() });
  try {
    gitlab.addProject(42, 'example-group/site');
    gitlab.addToken(VARIABLES.GITLAB_TOKEN, { 'example-group/site': 'maintainer' });
    const argv = ['--gitlab-url', gitlab.url, '--project', 'example-group/site', '--environment', 'production', '--ca-file', 'ca.pem', '--unprotected'];
    const options = { files: { 'repository/ca.pem': authority.certificate, 'repository/token': VARIABLES.GITLAB_TOKEN } };
    const destination = await gitlabDestinationOf(contextOf([...argv, '--gitlab-token-file', 'token'], options));
    await destination.store(new Kubeconfig({ server: SERVER, namespace: 'example', token: TOKEN }), () => undefined);
    destination.close();

    expect(gitlab.project(42).variables).toMatchObject([{ key: 'KUBECONFIG_TOKEN', protected: false }, { key: 'KUBECONFIG', protected: false }]);
  } finally {
    await gitlab.stop();
  }
});
