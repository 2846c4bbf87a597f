import { withOwnRegistry } from '../../src/image/policy';

const OWN = 'registry.example.com/group/site';
const JOB = { CI: 'true', CI_REGISTRY_IMAGE: OWN };

test.each<[string, string[], Record<string, string>, string[] | undefined]>([
  ['the given ones and the own one in CI', ['docker.io'], JOB, ['docker.io', OWN]],
  ['the own one once', [OWN, 'docker.io'], JOB, [OWN, 'docker.io']],
  ['the given ones outside of CI', ['docker.io'], { CI_REGISTRY_IMAGE: OWN }, ['docker.io']],
  ['the given ones in a project without a registry', ['docker.io'], { CI: 'true' }, ['docker.io']],
  ['left to the default without the option', [], JOB, undefined],
])('the registries of the option are %s', (_, prefixes, variables, expected) => {
  expect(withOwnRegistry(prefixes, variables)).toEqual(expected);
});
