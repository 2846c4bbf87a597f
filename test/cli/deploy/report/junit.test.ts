import { secrets } from '../../../../src/base/secrets';
import { ExitCode, Failure } from '../../../../src/cli/base/failure';
import { ReleaseRejected } from '../../../../src/cli/deploy/objects/object-problems';
import { DeploymentFacts, junitReport } from '../../../../src/cli/deploy/report/junit';

const objects = [
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'web' },
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' },
];

const waited = (name: string, ready: boolean) => ({ object: { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name, uid: 'u' }, ready, message: 'some words' });

const facts: DeploymentFacts = {
  identity: { project: '7', environment: 'production', app: 'web' },
  isDryRun: false,
  objects,
  planned: { changes: [], pruning: { remove: [{ apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'old', uid: 'u' }], forget: [], gone: [], kept: [] } },
  written: new Set(['ConfigMap web', 'Deployment web', 'Deployment worker']),
  progress: new Map([['Deployment web', { workload: 'Deployment web', state: 'ready', message: '1 replica available', ready: 1, total: 2, elapsed: 1234 }]]),
  waited: [{ outcome: 'ready', elapsed: 2000, workloads: [waited('web', true), waited('worker', true)], events: [], notes: [] }],
  elapsed: 3210,
  endedAt: Date.UTC(2026, 0, 1),
};

test('a deployed release passes in all cases', () => {
  expect(junitReport(facts)).toMatchInlineSnapshot(`
"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="7" failures="0" errors="0" skipped="0">
  <testsuite name="deploy web to production" tests="7" failures="0" errors="0" skipped="0" time="3.210" timestamp="2026-01-01T00:00:00">
    <testcase classname="apply" name="ConfigMap web"/>
    <testcase classname="apply" name="Deployment web"/>
    <testcase classname="apply" name="Deployment worker"/>
    <testcase classname="rollout" name="Deployment web" time="1.234"/>
    <testcase classname="rollout" name="Deployment worker"/>
    <testcase classname="prune" name="ConfigMap old"/>
    <testcase classname="deploy" name="release" time="3.210"/>
  </testsuite>
</testsuites>
"
`);
});

test('objects that stay are skipped with the reason', () => {
  const stays = (name: string) => ({ apiVersion: 'v1', kind: 'Service', resource: 'services', name, uid: 'u' });
  const kept = [stays('one'), { ...stays('two'), keptBy: 'helm.sh/resource-policy' }];
  const report = junitReport({ ...facts, planned: { ...facts.planned!, pruning: { ...facts.planned!.pruning, kept } } });
  expect(report).toContain('<testcase classname="prune" name="Service one"><skipped message="it stays: no longer in the release"/></testcase>');
  expect(report).toContain('<testcase classname="prune" name="Service two"><skipped message="it stays: no longer in the release; annotation helm.sh/resource-policy keeps it"/></testcase>');
});

test('a failed workload has the cause, and later cases are skipped', () => {
  secrets.add('s3cr3t');
  const cause = { workload: 'Deployment worker', reason: 'ErrImagePull', message: 'no', line: 'Deployment worker: <image> "s3cr3t" is not there' };
  const report = junitReport({
    ...facts,
    error: new Failure(cause.line, ExitCode.NO),
    waited: [{ outcome: 'failed', elapsed: 2000, workloads: [waited('web', true), waited('worker', false)], cause, events: [], notes: [] }],
  });
  expect(report).toContain('failures="1"');
  expect(report).toContain('<failure message="Deployment worker: &#60;image&#62; &#34;[MASKED]&#34; is not there">');
  expect(report).toContain('<testcase classname="rollout" name="Deployment web" time="1.234"/>');
  expect(report).toContain('<testcase classname="prune" name="ConfigMap old"><skipped/></testcase>');
  expect(report).toContain('name="release" time="3.210"><skipped/></testcase>');
});

test('unchanged objects are skipped with the reason', () => {
  const job = (name: string) => ({ apiVersion: 'batch/v1', kind: 'Job', name });
  const live = {
    ...objects[1]!,
    metadata: { generation: 1 },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  };
  const kept = [job('migration'), objects[1]!].map((object) => (
    { live, action: 'keep', object: { ...object, at: '', value: {} }, resource: '', path: '', applied: {}, after: {}, changes: [], adopted: false } as const
  ));
  const planned = { ...facts.planned!, changes: kept };
  const report = junitReport({ ...facts, objects: [job('migration'), job('removed'), objects[1]!], planned, waited: [], written: new Set(['Job migration', 'Deployment web']) });
  expect(report).toContain('<testcase classname="apply" name="Job migration"/>');
  expect(report).toContain('<testcase classname="rollout" name="Job migration"><skipped message="it has not changed, so it does not run again"/></testcase>');
  expect(report).toContain('<testcase classname="rollout" name="Deployment web"><skipped message="it has not changed, and was ready before the deployment"/></testcase>');
  for (const part of ['apply', 'rollout']) {
    expect(report).toContain(`<testcase classname="${part}" name="Job removed"><skipped message="it has not changed since it ran with an earlier release, and the cluster has deleted it since; or it is a hook that other deployments run"/></testcase>`);
  }
});

test('an object whose status says nothing is skipped with the reason', () => {
  const silent = { ...waited('web', true), isUnjudged: true, message: 'not judged: it has no status' };
  const report = junitReport({ ...facts, waited: [{ outcome: 'ready', elapsed: 2000, workloads: [silent, waited('worker', true)], events: [], notes: [] }] });
  expect(report).toContain('<testcase classname="rollout" name="Deployment web" time="1.234"><skipped message="not judged: it has no status"/></testcase>');
});

test.each([
  ['has one of two replicas', { status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 1 } }],
  ['was never observed', { status: {} }],
])('an unchanged Deployment that %s was not ready', (_, status) => {
  const live = { ...objects[1]!, metadata: { generation: 1 }, spec: { replicas: 2 }, ...status };
  const kept = [{ live, action: 'keep', object: { ...objects[1]!, at: '', value: {} }, resource: '', path: '', applied: {}, after: {}, changes: [], adopted: false } as const];
  const report = junitReport({ ...facts, objects: [objects[1]!], planned: { ...facts.planned!, changes: kept }, waited: [], written: new Set(['Deployment web']) });

  expect(report).toContain('name="Deployment web"><skipped message="it has not changed, and was not ready before the deployment"/>');
});

test('a workload that was not ready when another one failed is skipped with its last state', () => {
  const cause = { workload: 'Deployment worker', reason: 'ErrImagePull', message: 'no', line: 'Deployment worker: no image' };
  const progress = new Map([['Deployment web', { workload: 'Deployment web', state: 'waiting' as const, message: '0 of 2 replicas available', ready: 0, total: 2, elapsed: 900 }]]);
  const failed = { outcome: 'failed' as const, elapsed: 2000, workloads: [waited('web', false), waited('worker', false)], cause, events: [], notes: [] };

  expect(junitReport({ ...facts, progress, waited: [failed], error: new Failure(cause.line, ExitCode.NO) }))
    .toContain('name="Deployment web" time="0.900"><skipped message="not ready when the deployment ended: 0 of 2 replicas available"/>');
});

test('workloads that are not ready in time fail', () => {
  const late = { outcome: 'timed out' as const, elapsed: 9000, workloads: [waited('web', true), waited('worker', false)], events: [], notes: [] };
  expect(junitReport({ ...facts, waited: [late], error: new Failure('late', ExitCode.NO) })).toMatch(/classname="rollout" name="Deployment worker"><failure message="not ready in time/);
});

test('rejected objects have the problem and the fix, and the others are skipped', () => {
  const refusal = { object: { at: 'app.yaml:1:1', kind: 'ConfigMap', name: 'web' }, given: '.dta: field not declared in schema', fix: 'correct it' };
  const report = junitReport({ ...facts, planned: undefined, written: new Set(), waited: [], error: new ReleaseRejected([refusal], 3) });
  expect(report).toContain('<testcase classname="apply" name="ConfigMap web"><failure message=".dta: field not declared in schema; correct it">');
  expect(report).toContain('tests="6" failures="1" errors="0" skipped="5"');
});

test('a failure without a causing object belongs to the case of the release', () => {
  const report = junitReport({ ...facts, written: new Set(['ConfigMap web']), waited: [], error: new Failure('the API server cannot be reached\n  more', ExitCode.UNREACHABLE) });
  expect(report).toContain('<testcase classname="deploy" name="release" time="3.210"><failure message="the API server cannot be reached">the API server cannot be reached&#10;  more</failure>');
});

test('a dry run has no rollouts', () => {
  expect(junitReport({ ...facts, isDryRun: true, written: new Set() })).toMatch(/tests="5" failures="0" errors="0" skipped="0"/);
});
