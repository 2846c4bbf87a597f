import type { JsonObject } from '../../../../src/base/json';
import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { ApiError } from '../../../../src/cli/cluster/status';
import { inputsOf, waitForInputs } from '../../../../src/cli/deploy/apply/job-inputs';
import { Action, PlannedChange } from '../../../../src/cli/deploy/objects/planned-change';
import { Progress, RolloutResult } from '../../../../src/cli/deploy/wait/rollout';
import { FakeClock } from '../../../support/fake-clock';

function change(apiVersion: string, kind: string, name: string, content: object = {}, action: Action = 'create'): PlannedChange {
  const value = { apiVersion, kind, metadata: { name }, ...content } as unknown as JsonObject;
  const resource = `${kind.toLowerCase()}s`;
  return { object: { at: 'app.yaml:1:1', apiVersion, kind, name, value }, resource, path: `/custom/${name}`, applied: value, after: value, action, changes: [], adopted: false };
}

const migration = (pod: object, action?: Action) => change('batch/v1', 'Job', 'migrate', { spec: { template: { spec: { containers: [{ name: 'a', image: 'a' }], ...pod } } } }, action);
const custom = (kind: string, name: string, spec: object = {}) => change('example.com/v1', kind, name, { spec });
const container = (parts: object) => ({ containers: [{ name: 'a', ...parts }] });
const SECRET = container({ envFrom: [{ secretRef: { name: 'db' } }] });

const found = (job: PlannedChange, ...others: PlannedChange[]) => inputsOf([job], [job, ...others])
  .map(({ reference, source }) => `${reference.kind} ${reference.name} of ${source.object.kind} ${source.object.name}`);

test.each<[string, object]>([
  ['envFrom', SECRET],
  ['a variable', container({ env: [{ name: 'A' }, { name: 'B', valueFrom: { secretKeyRef: { name: 'db', key: 'k' } } }] })],
  ['an init container', { initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 'db' } }] }] }],
  ['a volume', { volumes: [{ name: 'v', secret: { secretName: 'db' } }] }],
  ['a projected volume', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'db' } }] } }] }],
  ['a reference that is optional in one of two places', container({ envFrom: [{ secretRef: { name: 'db', optional: true } }, { secretRef: { name: 'db' } }] })],
])('a Secret in %s is an input of a Job', (_, pod) => {
  expect(found(migration(pod), custom('Maker', 'db'))).toEqual(['Secret db of Maker db']);
});

test.each<[string, object]>([
  ['envFrom', container({ envFrom: [{ secretRef: { name: 'db', optional: true } }] })],
  ['a variable', container({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'k', optional: true } } }] })],
  ['a volume', { volumes: [{ name: 'v', secret: { secretName: 'db', optional: true } }] }],
  ['a projected volume', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'db', optional: true } }] } }] }],
])('an optional Secret in %s is no input', (_, pod) => {
  expect(found(migration(pod), custom('Maker', 'db'))).toEqual([]);
});

test.each<[string, PlannedChange[], string[]]>([
  ['has its name', [custom('Other', 'x'), custom('SealedSecret', 'db')], ['Secret db of SealedSecret db']],
  ['names it', [custom('ExternalSecret', 'credentials', { target: { name: 'db' } })], ['Secret db of ExternalSecret credentials']],
  ['names it in a list', [custom('Vault', 'v', { items: [{ secrets: ['db'] }] })], ['Secret db of Vault v']],
  ['does not name it', [custom('Monitor', 'web', { port: 'web' })], []],
  ['is an object of Kubernetes', [change('v1', 'Service', 'db')], []],
  ['is there, but the Secret is in the release itself', [custom('Maker', 'db'), change('v1', 'Secret', 'db')], []],
])('the source of a Secret is a custom resource that %s', (_, others, expected) => {
  expect(found(migration(SECRET), ...others)).toEqual(expected);
});

test.each([
  ['shop-app', 'shop', true], ['shop.user.credentials', 'shop', true], ['workshop-app', 'shop', false], ['my-shop-app', 'my-shop', true],
])('Secret %s may be of a custom resource with the name %s: %s', (secret, name, expected) => {
  const pod = container({ envFrom: [{ secretRef: { name: secret } }] });
  expect(found(migration(pod), custom('Cluster', name))).toHaveLength(expected ? 1 : 0);
});

test('a Job that does not change has no inputs', () => {
  expect(found(migration(SECRET, 'keep'), custom('Maker', 'db'))).toEqual([]);
});

describe('waitForInputs', () => {
  /** The Secret at the time of each look, and the status of the custom resource. */
  async function wait(looks: ReadonlyArray<'exists' | 'missing' | 'forbidden'>, status?: object, budget = 60_000): Promise<{ result?: RolloutResult; said: string[]; seconds: number }> {
    const clock = new FakeClock();
    const said: string[] = [];
    const begun = clock.now();
    let count = 0;
    const get = async (path: string) => {
      if (path.startsWith('/custom/')) return { apiVersion: 'example.com/v1', kind: 'Maker', metadata: { name: 'db', generation: 1 }, ...status && { status } };
      const look = looks[Math.min(count++, looks.length - 1)];
      if (look === 'exists') return {};
      throw new ApiError('get secret db', look === 'forbidden' ? 403 : 404, { kind: 'Status', reason: look === 'forbidden' ? 'Forbidden' : 'NotFound', message: 'no' });
    };
    const job = migration(SECRET);
    const inputs = inputsOf([job], [job, custom('Maker', 'db')]);
    const result = await waitForInputs({ get } as unknown as KubernetesClient, inputs, {
      namespace: 'example', budget, clock, signal: new AbortController().signal, progress: ({ workload, message }: Progress) => void said.push(`${workload}: ${message}`),
    });
    return { result, said, seconds: (clock.now() - begun) / 1_000 };
  }

  const conditions = (type: string, status: string) => ({ conditions: [{ type, status, reason: 'Reason', message: 'why' }] });

  test('ends when the Secret exists, and says once what it waits for', async () => {
    expect(await wait(['missing', 'missing', 'missing', 'exists'], conditions('Ready', 'False'))).toEqual({
      result: undefined, seconds: 3, said: ['Job migrate: it needs Secret db, which does not exist yet; Maker db should create it: Ready is False (Reason): why'],
    });
  });

  test('ends at once when the Secret exists', async () => {
    expect(await wait(['exists'])).toEqual({ result: undefined, seconds: 0, said: [] });
  });

  test('times out with the cause, also when the custom resource is ready', async () => {
    const { result, seconds } = await wait(['missing'], conditions('Ready', 'True'), 20_500);
    expect(seconds).toBe(20.5);
    expect(result).toMatchObject({
      outcome: 'timed out',
      workloads: [{ object: { kind: 'Job', name: 'migrate' }, ready: false }],
      cause: { workload: 'Job migrate', line: 'Job migrate: Missing: it needs Secret db, which does not exist yet; Maker db should create it: Ready' },
    });
  });

  test('fails early when the custom resource has a permanent error', async () => {
    const { result, seconds } = await wait(['missing'], conditions('Stalled', 'True'));
    expect({ outcome: result?.outcome, seconds, line: result?.cause?.line }).toEqual({
      outcome: 'failed', seconds: 3, line: expect.stringMatching(/Maker db should create it: Stalled is True \(Reason\): why$/),
    });
  });

  test('trusts the custom resource when the credential may not read the Secret', async () => {
    expect(await wait(['forbidden'], conditions('Ready', 'True'))).toMatchObject({ result: undefined, seconds: 0 });
    expect(await wait(['forbidden'], conditions('Ready', 'False'), 5_000)).toMatchObject({
      result: { outcome: 'timed out', cause: { line: expect.stringContaining('which this credential may not read; Maker db should create it: Ready is False') } },
    });
  });

  test('goes on after 10 seconds when the credential may not read the Secret and the custom resource has no status', async () => {
    expect(await wait(['forbidden'])).toMatchObject({ result: undefined, seconds: 10 });
  });
});
