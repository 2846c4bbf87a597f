import { DeployerIdentity, NamespaceDeployer } from '../../../src';
import { readAccess } from '../../../src/cli/access/read-access';
import { OIDC_ANNOTATIONS } from '../../../src/release/release-names';
import { only, plainChart, synth } from '../../support/synth';

const OPTIONS = { projectId: 42, issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com' };

/** Reads a RoleBinding with other annotations. The value `undefined` removes an annotation. */
function read(annotations: Record<string, unknown> = {}, environment?: string, subject: object = {}) {
  const chart = plainChart('access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example', identity: DeployerIdentity.oidc({ ...OPTIONS, environment }) });
  const binding = only('RoleBinding', synth(chart));
  const changed = {
    ...binding,
    metadata: { ...binding.metadata, annotations: { ...binding.metadata.annotations, ...annotations } },
    subjects: [{ ...binding.subjects[0], ...subject }],
  };
  return readAccess(JSON.stringify(changed), 'access.yaml').oidc;
}

test.each([undefined, 'production'])('the annotations give the options of the deployer, with the environment %s', (environment) => {
  expect(read({}, environment)).toEqual({ ...OPTIONS, usernamePrefix: 'gitlab:', ...environment === undefined ? {} : { environment } });
});

test('a RoleBinding without annotations gives no trust', () => {
  const chart = plainChart('access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example', identity: DeployerIdentity.gitlabAgent({ projectId: 42 }) });
  expect(readAccess(JSON.stringify(synth(chart)[0]), 'access.yaml').oidc).toBeUndefined();
});

const { issuer, audience, projectId, usernamePrefix, environment } = OIDC_ANNOTATIONS;

test.each<[string, string, unknown]>([
  ['a missing issuer', issuer, undefined],
  ['an issuer without https', issuer, 'http://gitlab.example.com'],
  ['an escape sequence in the issuer', issuer, 'https://gitlab.example.com/\u001b[2J'],
  ['a missing audience', audience, undefined],
  ['a line break in the audience', audience, 'a\']\n    url: \'https://other.example.com'],
  ['an expression in the project id', projectId, '42"] || true || claims.project_id in ["'],
  ['a leading zero in the project id', projectId, '042'],
  ['the prefix of Kubernetes itself', usernamePrefix, 'system:'],
  ['an expression in the prefix', usernamePrefix, '" + claims.sub + "'],
  ['a variable in the environment', environment, '$CI_ENVIRONMENT_NAME'],
])('reading rejects %s', (_, key, value) => {
  expect(() => read({ [key]: value })).toThrow(`annotation ${key} is `);
});

test.each<[string, Record<string, unknown>, string | undefined, object]>([
  ['another project', { [projectId]: '43' }, undefined, {}],
  ['another prefix', { [usernamePrefix]: 'ci:' }, undefined, {}],
  ['an environment', { [environment]: 'production' }, undefined, {}],
  ['a missing environment', { [environment]: undefined }, 'production', {}],
  ['another environment', { [environment]: 'staging' }, 'production', {}],
  ['a group as the subject of user annotations', {}, undefined, { kind: 'Group' }],
])('reading rejects annotations that do not match the subject: %s', (_, annotations, name, subject) => {
  expect(() => read(annotations, name, subject)).toThrow('as the annotations say');
});
