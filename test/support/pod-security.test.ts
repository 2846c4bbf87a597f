import { PodLike, podSecurityViolations } from './pod-security';
import { describeVectors, printAgreement } from './vectors';

const CONTAINER = {
  name: 'web',
  image: 'registry.example.com/group/web:1.0',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const CONTEXT = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const ROOT_IN_USER_NAMESPACE = { hostUsers: false, securityContext: { seccompProfile: CONTEXT.seccompProfile, runAsUser: 0 } };

function pod(spec: Partial<PodLike['spec']> = {}, metadata: PodLike['metadata'] = {}): PodLike {
  return { metadata, spec: { securityContext: CONTEXT, containers: [CONTAINER], ...spec } };
}

function container(fields: object, securityContext: object = {}): PodLike {
  return pod({ containers: [{ ...CONTAINER, ...fields, securityContext: { ...CONTAINER.securityContext, ...securityContext } }] });
}

test('a pod with all required settings passes restricted', () => {
  expect(podSecurityViolations(pod())).toEqual([]);
});

test('a pod without settings passes baseline, and restricted names each missing setting', () => {
  const bare = { spec: { containers: [{ name: 'web' }] } };

  expect(podSecurityViolations(bare, { level: 'baseline' })).toEqual([]);
  expect(podSecurityViolations(bare)).toEqual([
    'capabilities: container "web" must drop ALL',
    'seccompProfile: pod or container "web" must set type RuntimeDefault or Localhost',
    'allowPrivilegeEscalation: container "web" must set it to false',
    'runAsNonRoot: pod or container "web" must set it to true',
  ]);
});

test.each<[string, PodLike]>([
  ['appArmorProfile', pod({}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' } })],
  ['capabilities', container({}, { capabilities: { drop: ['ALL'], add: ['CHOWN'] } })],
  ['hostNamespaces', pod({ hostPID: true })],
  ['hostPorts', container({ ports: [{ containerPort: 80, hostPort: 80 }] })],
  ['hostProbesAndHostLifecycle', container({ lifecycle: { preStop: { httpGet: { host: 'example.com' } } } })],
  ['privileged', container({}, { privileged: true })],
  ['procMount', container({}, { procMount: 'Unmasked' })],
  ['runAsNonRoot', container({}, { runAsNonRoot: false })],
  ['runAsUser', pod({ securityContext: { ...CONTEXT, runAsUser: 0 } })],
  ['seLinuxOptions', pod({ securityContext: { ...CONTEXT, seLinuxOptions: { user: 'root' } } })],
  ['seccompProfile', container({}, { seccompProfile: { type: 'Unconfined' } })],
  ['sysctls', pod({ securityContext: { ...CONTEXT, sysctls: [{ name: 'kernel.msgmax' }] } })],
  ['volumes', pod({ volumes: [{ name: 'host', hostPath: { path: '/' } }] })],
  ['volumes', pod({ volumes: [{ name: 'share', nfs: { server: 'example.com', path: '/' } }] })],
  ['windowsHostProcess', pod({ securityContext: { ...CONTEXT, windowsOptions: { hostProcess: true } } })],
])('a pod with one wrong setting violates only the rule %s', (rule, wrong) => {
  expect(podSecurityViolations(wrong)).toEqual([expect.stringMatching(`^${rule}: `)]);
});

test.each<[string, PodLike]>([
  ['init', pod({ initContainers: [{ name: 'second' }] })],
  ['ephemeral', pod({ ephemeralContainers: [{ name: 'second' }] })],
])('the rules apply to %s containers', (_, wrong) => {
  expect(podSecurityViolations(wrong)).toContain('capabilities: container "second" must drop ALL');
});

test('a windows pod needs no Linux settings, but must not run as root', () => {
  const windows = { spec: { os: { name: 'windows' }, containers: [{ name: 'web' }] } };

  expect(podSecurityViolations(windows)).toEqual(['runAsNonRoot: pod or container "web" must set it to true']);
});

test.each([[34, 2], [35, 0]])('Kubernetes 1.%i finds %i violations of root inside a user namespace', (minor, violationCount) => {
  expect(podSecurityViolations(pod(ROOT_IN_USER_NAMESPACE), { minor })).toHaveLength(violationCount);
});

interface Fixture {
  readonly level: 'baseline' | 'restricted';
  readonly version: string;
  readonly expect: 'pass' | 'fail';
  readonly name: string;
  readonly pod: PodLike;
}

describeVectors<{ fixtures: Fixture[] }>('pss-fixtures.json', ({ fixtures }) => {
  test('get the same verdict as from the Pod Security admission', () => {
    const disagreed = fixtures.filter((fixture) => verdict(fixture) !== fixture.expect);

    printAgreement('pss-fixtures.json', fixtures.length - disagreed.length, fixtures.length);
    expect(disagreed.map(({ level, version, name, expect: expected }) => `${level} ${version} ${name} should ${expected}`)).toEqual([]);
    expect(fixtures.length).toBeGreaterThan(250);
  });

  // A pod that violates another rule than that of its fixture would get the right verdict by luck.
  test('violate the rule of their fixture', () => {
    const failing = fixtures.filter((fixture) => fixture.expect === 'fail');
    const wrong = failing.filter((fixture) => !violations(fixture).some((text) => isAbout(fixture, text)));

    expect(wrong.map(({ level, version, name }) => `${level} ${version} ${name}`)).toEqual([]);
  });
});

function violations({ pod: fixture, level, version }: Fixture): string[] {
  return podSecurityViolations(fixture, { level, minor: Number(version.replace('v1.', '')) });
}

function verdict(fixture: Fixture): 'pass' | 'fail' {
  return violations(fixture).length === 0 ? 'pass' : 'fail';
}

function isAbout({ name }: Fixture, violation: string): boolean {
  const about = name.replace(/(?:_\w+?)?\d+$/, '').replace(/^(?:restrictedvolumes|hostpathvolumes)$/, 'volumes');
  return violation.toLowerCase().startsWith(`${about}:`);
}
