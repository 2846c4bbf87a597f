import { deployment } from './cluster/application';
import { Deployer } from './cluster/deployer';
import { answerCut, answering, cutBefore, endedAtOnce, erroneousEvent, Fault } from './cluster/faults';
import { makeDisturbed, onDisturbedKwok, proxy } from './cluster/on-disturbed-kwok';
import { versionOf } from './soak/application';
import { fastClock, JobResult, runJob } from './soak/jobs';
import { ReleaseState, stateOf } from './soak/state';
import { TwoVersions, Version } from './soak/two-versions';

onDisturbedKwok();

/** What is watched while a Deployment is waited for. */
const WATCHED = ['deployments', 'replicasets', 'pods', 'events'];

/** So often for each of them. */
const TIMES = 3;

/** Gives how often each was disturbed. */
function disturbWatches(fault: Fault): () => Record<string, number> {
  const placed = WATCHED.map((resource) => [resource, proxy.place(fault, { path: new RegExp(`/${resource}\\?.*watch=true`), times: TIMES })] as const);
  return () => Object.fromEntries(placed.map(([resource, { met }]) => [resource, met]));
}

const FAULTS: Array<[string, Fault]> = [
  ['end as soon as they have begun', endedAtOnce],
  ['are refused with 410 Gone', answering(410, { message: 'too old resource version: 1 (2)' })],
  ['say in an event that the place is forgotten', erroneousEvent(410, 'too old resource version: 1 (2)')],
  ['say in an event that the server is in trouble', erroneousEvent(500, 'etcdserver: leader changed')],
  ['are reset before they begin', cutBefore],
  ['are reset in the middle of an event', answerCut],
];

describe('a successful rollout', () => {
  /** It takes three seconds, and all is watched after a quarter of one. */
  const clock = fastClock(4);

  /** It takes longer than all disturbances of its watches. */
  const slowly = (version: Version) => [
    ...versionOf(version, { workload: false }), deployment('web', { image: `registry.example.com/web:${version}`, spec: { minReadySeconds: 3 } }),
  ];

  let versions: TwoVersions;

  beforeAll(async () => {
    versions = await TwoVersions.deploy(makeDisturbed('well'), slowly);
  });

  test.each(FAULTS)('succeeds when its watches %s', async (_, fault) => {
    const met = disturbWatches(fault);
    versions.expectUndisturbed(await versions.other({ clock }));
    expect(Object.entries(met()).filter(([, times]) => times === 0)).toEqual([]);
  });
});

describe('a failing rollout', () => {
  const broken = [...versionOf('b', { workload: false }), deployment('web', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } })];

  let deployer: Deployer;
  let undisturbed: { readonly said: string; readonly state: ReleaseState };

  beforeAll(async () => {
    deployer = makeDisturbed('badly');
    expect(await runJob({ kubeconfig: deployer.kubeconfig, objects: versionOf('a') })).toMatchObject({ code: 0 });
    undisturbed = { said: lastWordsOf(await fail()), state: stateOf(deployer) };
  });

  const fail = async () => runJob({ kubeconfig: deployer.kubeconfig, objects: broken, options: ['--rollback-on-failure'] });

  test('is rolled back, with the image in the cause', () => {
    expect(undisturbed).toEqual({
      said: expect.stringMatching(/^1 cdk8s-ci-deploy: Deployment web, pod POD, container web, image registry\.example\.com\/web:missing: ImagePullBackOff: .*not found$/),
      state: expect.objectContaining({ outcome: 'undone', faults: [] }),
    });
  });

  test.each(FAULTS)('fails for the same reason when its watches %s', async (_, fault) => {
    const met = disturbWatches(fault);
    expect(lastWordsOf(await fail())).toBe(undisturbed.said);
    expect(stateOf(deployer)).toEqual(undisturbed.state);
    expect(Object.entries(met()).filter(([, times]) => times === 0)).toEqual([]);
  });
});

/** The exit status and the cause, without names that no two runs have in common. */
function lastWordsOf({ code, stderr }: JobResult): string {
  const [cause = ''] = /^cdk8s-ci-deploy: .*$/m.exec(stderr) ?? [stderr];
  return `${code} ${cause.replace(/web-\w+-\w+/g, 'POD')}`;
}
