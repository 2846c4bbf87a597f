import { DeployerIdentity, NamespaceDeployer } from '../../../src';
import { OIDC_ANNOTATIONS } from '../../../src/access/oidc-names';
import { readAccess } from '../../../src/cli/access/read-access';
import { only, plainChart, synth } from '../../support/synth';

const OPTIONS = { projectId: 42, issuer: 'https://gitlab.example.com', audience: 'https://k8s.example.com' };

/** The manifests of a deployer, with annotations replaced; one that is `undefined` is left out. */
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

test.each([undefined, 'production'])('is what the deployer was made of, with the environment %s', (environment) => {
  expect(read({}, environment)).toEqual({ ...OPTIONS, usernamePrefix: 'gitlab:', ...environment === undefined ? {} : { environment } });
});

test('is nothing for a subject that others know', () => {
  const chart = plainChart('access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example', identity: DeployerIdentity.gitlabAgent({ projectId: 42 }) });
  expect(readAccess(JSON.stringify(synth(chart)[0]), 'access.yaml').oidc).toBeUndefined();
});

const { issuer, audience, projectId, usernamePrefix, environment } = OIDC_ANNOTATIONS;

test.each<[string, string, unknown]>([
  ['no issuer', issuer, undefined],
  ['an issuer without https', issuer, 'http://gitlab.example.com'],
  ['an issuer that writes to the terminal', issuer, 'https://gitlab.example.com/\u001b[2J'],
  ['no audience', audience, undefined],
  ['an audience with a line break, as another line of the configuration', audience, 'a\']\n    url: \'https://other.example.com'],
  ['a project id with an expression in it', projectId, '42"] || true || claims.project_id in ["'],
  ['a project id with a zero in front', projectId, '042'],
  ['Kubernetes\' own prefix', usernamePrefix, 'system:'],
  ['a prefix with an expression in it', usernamePrefix, '" + claims.sub + "'],
  ['an environment with a variable in it', environment, '$CI_ENVIRONMENT_NAME'],
])('is refused with %s', (_, key, value) => {
  expect(() => read({ [key]: value })).toThrow(`annotation ${key} is `);
});

test.each<[string, Record<string, unknown>, string | undefined, object]>([
  ['another project', { [projectId]: '43' }, undefined, {}],
  ['another prefix', { [usernamePrefix]: 'ci:' }, undefined, {}],
  ['an environment', { [environment]: 'production' }, undefined, {}],
  ['no environment', { [environment]: undefined }, 'production', {}],
  ['another environment', { [environment]: 'staging' }, 'production', {}],
  ['the user of a group', {}, undefined, { kind: 'Group' }],
])('is refused when the subject is not that of the annotations: %s', (_, annotations, name, subject) => {
  expect(() => read(annotations, name, subject)).toThrow('as the annotations say');
});
