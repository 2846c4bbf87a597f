import { JsonObject } from '../../../../src/base/json';
import { podFindings } from '../../../../src/cli/deploy/wait/pod-findings';
import { pod, podIn, warning } from '../../../support/pods';

const findings = (its: JsonObject, restarts: number | undefined = 3, events: JsonObject[] = []) =>
  podFindings({ workload: 'Deployment web', pod: its, events, restarts }).map(({ grace, problem: { reason, message, image } }) => ({ grace, reason, message, ...image !== undefined && { image } }));

const waiting = (reason: string, message = '') => ({ waiting: { reason, message } });
const ended = (exitCode: number, reason = 'Error', rest: object = {}) => ({ terminated: { exitCode, reason, ...rest } });
const image = 'example.com/web:1';

test.each([
  ['ErrImagePull', 'failed to pull and unpack image "example.com/web:1": failed to resolve reference "example.com/web:1": example.com/web:1: not found', 'not found', 'permanent'],
  ['ErrImagePull', 'rpc error: code = NotFound desc = failed to pull and unpack image "example.com/web:1": no match for platform in manifest: not found', 'no match for platform in manifest: not found', 'permanent'],
  ['ImagePullBackOff', 'Back-off pulling image "example.com/web:1": ErrImagePull: pull access denied, repository does not exist or may require authorization', 'pull access denied, repository does not exist or may require authorization', 'permanent'],
  ['ErrImagePull', 'failed to do request: Head "https://example.com/v2/": dial tcp: lookup example.com on 10.0.0.1:53: no such host', 'failed to do request: Head "https://example.com/v2/": dial tcp: lookup example.com on 10.0.0.1:53: no such host', 'permanent'],
  ['ErrImagePull', 'failed to do request: Head "https://example.com/v2/": dial tcp 10.0.0.2:443: connect: connection refused', 'failed to do request: Head "https://example.com/v2/": dial tcp 10.0.0.2:443: connect: connection refused', 'temporary'],
  ['ErrImagePull', 'unexpected status from HEAD request to https://example.com/v2/web/manifests/1: 503 Service Unavailable', 'unexpected status from HEAD request to https://example.com/v2/web/manifests/1: 503 Service Unavailable', 'temporary'],
  ['ErrImagePull', 'toomanyrequests: You have reached your pull rate limit', 'toomanyrequests: You have reached your pull rate limit', 'temporary'],
  ['RegistryUnavailable', 'example.com', 'example.com', 'permanent'],
])('a failed image pull is reported without the prefixes of the kubelet: %s: %s', (reason, said, message, grace) => {
  expect(findings(podIn(waiting(reason, said)))).toEqual([{ grace, reason, message, image }]);
});

test.each([
  ['ErrImagePull', 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/model:10": not found', 'not found', 'model:10'],
  ['ImagePullBackOff', 'Back-off pulling image "example.com/data:1": ErrImagePull: pull access denied', 'pull access denied', 'example.com/data:1'],
  ['ErrImagePull', `failed to resolve reference "${image}": not found`, 'not found', image],
  ['ErrImagePull', 'not found', 'not found', image],
])('a failed pull of an image volume is reported with the image of the volume: %s: %s', (reason, said, message, expected) => {
  const volumes = ['model:1', 'model:10', 'example.com/data:1'].map((reference, index) => ({ name: `v${index}`, image: { reference } }));
  const spec = { containers: [{ name: 'app', image }], volumes: [...volumes, { name: 'tmp', emptyDir: {} }] };
  const status = { phase: 'Pending', containerStatuses: [{ name: 'app', image: '', restartCount: 0, state: waiting(reason, said) }] };
  expect(findings(pod({ spec, status }))).toMatchObject([{ reason, message, image: expected }]);
});

test('an event explains a back-off without a reason', () => {
  const event = warning('uid-web-1', 'Failed', `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to resolve reference "${image}": ${image}: not found`);
  const other = warning('uid-web-1', 'Failed', 'Error: ImagePullBackOff', '2026-01-01T00:00:11Z');
  const its = podIn(waiting('ImagePullBackOff', `Back-off pulling image "${image}"`));

  expect(findings(its, 3, [event, other])).toEqual([{ grace: 'permanent', reason: 'ImagePullBackOff', message: 'not found', image }]);
  expect(findings(its)).toEqual([{ grace: 'permanent', reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"`, image }]);
});

test.each([
  ['InvalidImageName', 'couldn\'t parse image name', 'none', image],
  ['ErrImageNeverPull', 'Container image "example.com/web:1" is not present with pull policy of Never', 'none', image],
  ['CreateContainerConfigError', 'configmap "settings" not found', 'permanent', undefined],
  ['CreateContainerConfigError', 'failed to sync configmap cache: timed out waiting for the condition', 'temporary', undefined],
  ['CreateContainerError', 'context deadline exceeded', 'temporary', undefined],
  ['RunContainerError', 'exec: "/nothing": no such file or directory', 'permanent', undefined],
])('a container that is not created is reported with reason and message: %s: %s', (reason, message, grace, itsImage) => {
  expect(findings(podIn(waiting(reason, message)))).toEqual([{ grace, reason, message, ...itsImage !== undefined && { image: itsImage } }]);
});

test.each<[string, object, object, number | undefined, object[]]>([
  ['the kubelet creates it', waiting('ContainerCreating'), {}, 3, []],
  ['it waits for init containers', waiting('PodInitializing'), {}, 3, []],
  ['it runs', { running: {} }, { restartCount: 9 }, 3, []],
  ['it ended with exit code 0', ended(0, 'Completed'), { restartCount: 9 }, 3, []],
  ['it ended once with exit code 1', ended(1), {}, 3, [{ grace: 'restarts', reason: 'Error', message: 'exit code 1' }]],
  ['it was restarted less often than the limit', waiting('CrashLoopBackOff'), { restartCount: 2, lastState: ended(1) }, 3, [{ grace: 'restarts', reason: 'CrashLoopBackOff', message: 'exit code 1, restarted 2 times' }]],
  ['it was restarted as often as the limit', waiting('CrashLoopBackOff'), { restartCount: 3, lastState: ended(1) }, 3, [{ grace: 'none', reason: 'CrashLoopBackOff', message: 'exit code 1, restarted 3 times' }]],
  ['it ended again and the kubelet has not reported the back-off yet', ended(1), { restartCount: 3 }, 3, [{ grace: 'none', reason: 'CrashLoopBackOff', message: 'exit code 1, restarted 3 times' }]],
  ['it belongs to a Job', waiting('CrashLoopBackOff'), { restartCount: 9, lastState: ended(1) }, undefined, [{ grace: 'restarts', reason: 'CrashLoopBackOff', message: 'exit code 1, restarted 9 times' }]],
  ['a signal ended it and it left a message', ended(139, 'Error', { signal: 11, message: 'segmentation fault\n' }), {}, 3, [{ grace: 'restarts', reason: 'Error', message: 'exit code 139, signal 11: segmentation fault' }]],
  ['it ended with exit code 0 again and again', waiting('CrashLoopBackOff'), { restartCount: 3, lastState: ended(0, 'Completed') }, 3, [{ grace: 'none', reason: 'CrashLoopBackOff', message: 'exit code 0, but it should keep running, restarted 3 times' }]],
  ['its program could not start', waiting('CrashLoopBackOff'), { restartCount: 1, lastState: ended(128, 'StartError', { message: 'no such file' }) }, 3, [{ grace: 'permanent', reason: 'StartError', message: 'no such file' }]],
])('a container has the right finding when %s', (_, state, status, restarts, expected) => {
  expect(podFindings({ workload: 'Deployment web', pod: podIn(state, status), events: [], restarts }).map(({ grace, problem: { reason, message } }) => ({ grace, reason, message }))).toEqual(expected);
});

test('the message of an OOMKilled container names the memory limit', () => {
  const spec = { containers: [{ name: 'app', image, resources: { limits: { memory: '16Mi' } } }] };
  const status = { containerStatuses: [{ name: 'app', restartCount: 3, state: ended(137, 'OOMKilled') }] };
  expect(findings(pod({ spec, status }))).toMatchObject([{ message: 'exit code 137, OOMKilled (its memory limit is 16Mi), restarted 3 times' }]);
});

test('init containers come first, each with its own name and image', () => {
  const spec = { initContainers: [{ name: 'migrate', image: 'example.com/migrate:1' }], containers: [{ name: 'app', image }] };
  const status = {
    initContainerStatuses: [{ name: 'migrate', state: waiting('ErrImagePull', 'not found') }], containerStatuses: [{ name: 'app', state: waiting('PodInitializing') }],
  };
  const found = podFindings({ workload: 'Deployment web', pod: pod({ spec, status }), events: [], restarts: 3 });
  expect(found.map(({ problem }) => problem)).toEqual([
    { workload: 'Deployment web', pod: 'web-1', container: 'migrate', image: 'example.com/migrate:1', reason: 'ErrImagePull', message: 'not found' },
  ]);
});
