import type { JsonObject } from '../../../../src/base/json';
import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../../../src/cli/cluster/status';
import { BEFORE_WORKLOADS, checkReplacement, hasEnded, hookOfJob, isGenerated, isJob, isToBeReplaced, jobOrder } from '../../../../src/cli/deploy/objects/jobs';
import type { ReleaseObject } from '../../../../src/cli/deploy/objects/release';

const withCondition = (type?: string): JsonObject => ({ status: { conditions: type === undefined ? [] : [{ type, status: 'True' }] } });

const jobWith = (annotations: Record<string, string> = {}, apiVersion = 'batch/v1'): ReleaseObject => (
  { at: 'app.yaml:1:1', apiVersion, kind: 'Job', name: 'migrate', value: { apiVersion, kind: 'Job', metadata: { name: 'migrate', annotations } } }
);

function apiError(code: number, message: string): ApiError {
  return new ApiError('patch jobs migrate', code, { kind: 'Status', message, reason: code === 403 ? 'Forbidden' : 'Invalid' });
}

test.each([['batch/v1', 'Job', true], ['batch/v1', 'CronJob', false], ['example.com/v1', 'Job', false]])('isJob of %s %s is %s', (apiVersion, kind, expected) => {
  expect(isJob({ apiVersion, kind })).toBe(expected);
});

test.each([['Complete', true, false], ['Failed', true, true], [undefined, false, false]])('a Job with the condition %s has ended: %s, is to be replaced: %s', (type, ended, replaced) => {
  expect([hasEnded(withCondition(type)), isToBeReplaced(jobWith(), withCondition(type))]).toEqual([ended, replaced]);
});

test('a Job is to be replaced when its template differs, and for no other error', () => {
  expect(isToBeReplaced(jobWith(), withCondition(), apiError(422, 'spec.template: field is immutable'))).toBe(true);
  expect(isToBeReplaced(jobWith(), withCondition(), apiError(422, 'spec.parallelism: Invalid value'))).toBe(false);
});

test('a hook is to be replaced when it is complete, because it runs with each deployment', () => {
  const hook = jobWith({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
  expect(isToBeReplaced(hook, withCondition('Complete'))).toBe(true);
  expect(isToBeReplaced(hook, withCondition('Complete'), apiError(403, 'jobs.batch "migrate" is forbidden'))).toBe(false);
});

test.each([
  ['no annotation', {}, 'with', 0],
  ['before-workloads', { [BEFORE_WORKLOADS]: 'true' }, 'before', 0],
  ['before-workloads beside a hook, whose weight counts', { [BEFORE_WORKLOADS]: 'true', 'helm.sh/hook': 'post-install', 'helm.sh/hook-weight': '3' }, 'before', 3],
  ['a hook of Argo CD', { 'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/sync-wave': '-2' }, 'after', -2],
])('a Job with %s has its place and its weight', (_, annotations, place, weight) => {
  expect(jobOrder(jobWith(annotations))).toMatchObject({ place, weight });
});

test('only a Job of the group batch is a hook', () => {
  expect(hookOfJob(jobWith({ 'helm.sh/hook': 'pre-install' }, 'example.com/v1'))).toBeUndefined();
  expect(hookOfJob(jobWith({ 'helm.sh/hook': 'pre-install' }))).toBeDefined();
});

test.each([
  ['spec.selector.matchLabels.controller-uid', true],
  ['spec.template.metadata.labels.batch.kubernetes.io/job-name', true],
  ['metadata.labels.app', false],
  ['spec.template.spec.containers[web].image', false],
])('isGenerated of %s is %s', (field, expected) => {
  expect(isGenerated(field)).toBe(expected);
});

describe('checkReplacement', () => {
  const applied: JsonObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', labels: { app: 'web' } } };
  const target = {
    object: { at: 'app.yaml:1:1', apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', value: applied }, resource: 'jobs', path: '/apis/batch/v1/namespaces/n/jobs/migrate', applied,
  };
  const answering = (answer: (path: string, object: JsonObject) => JsonObject) => ({
    apply: async (path: string, object: JsonObject) => answer(path, object),
  }) as unknown as KubernetesClient;

  test('checks the Job under a free name and returns it under its own', async () => {
    const paths: string[] = [];
    const cluster = answering((path, object) => {
      paths.push(path);
      return { ...object, spec: { parallelism: 1 } };
    });
    expect(await checkReplacement(cluster, target, 'manager')).toEqual({ ...applied, spec: { parallelism: 1 } });
    expect(paths).toEqual(['/apis/batch/v1/namespaces/n/jobs/migrate-replacing']);
  });

  test('returns the error of the server', async () => {
    const error = apiError(422, 'spec.completions: Invalid value');
    expect(await checkReplacement(answering(() => {
      throw error;
    }), target, 'manager')).toBe(error);
  });

  test('returns the manifest when the credential may not write Jobs of that name', async () => {
    expect(await checkReplacement(answering(() => {
      throw apiError(403, 'jobs.batch "migrate-replacing" is forbidden: User "u" cannot patch resource "jobs" in API group "batch"');
    }), target, 'manager')).toBe(applied);
  });
});
