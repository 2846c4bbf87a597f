import { readFileSync } from 'node:fs';
import { JsonObject } from '../../../../src/base/json';
import { ExitCode } from '../../../../src/cli/base/failure';
import { ApiError } from '../../../../src/cli/cluster/status';
import { ReleaseRejected } from '../../../../src/cli/deploy/objects/object-problems';
import { Owner } from '../../../../src/cli/deploy/objects/owner';
import { targetsOf } from '../../../../src/cli/deploy/objects/targets';
import { dryRun } from '../../../../src/cli/deploy/plan/dry-run';
import { until } from '../../../support/until';
import { vectorFile } from '../../../support/vectors';
import { cluster, eachWithRelease, identity } from '../history/in-namespace';

const NAMESPACE = 'rejected-fields';

eachWithRelease(NAMESPACE, 'production');

interface NamedObject extends JsonObject {
  metadata: { name: string };
}

interface Vectors {
  readonly definition: JsonObject;
  readonly rejected: ReadonlyArray<{ readonly title: string; readonly object: NamedObject; readonly problems: readonly string[] }>;
}

const { definition, rejected } = JSON.parse(readFileSync(vectorFile('rejected-objects.json'), 'utf8')) as Vectors;

beforeAll(async () => {
  await cluster.apply('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com', definition);
  await until(async () => (await cluster.resources()).some(({ kind }) => kind === 'Widget'));
});

async function rejection(...objects: NamedObject[]): Promise<ReleaseRejected> {
  const owner = new Owner(identity, NAMESPACE);
  const release = objects.map((value, index) => (
    { at: `app.yaml:${index + 1}:1`, apiVersion: String(value.apiVersion), kind: String(value.kind), name: value.metadata.name, value }
  ));
  const targets = await targetsOf(cluster, release, NAMESPACE, owner);
  const options = { namespace: NAMESPACE, owner, adopt: false, forceConflicts: false };
  const result = await dryRun(cluster, targets, options).catch((error: unknown) => error);
  if (!(result instanceof ReleaseRejected)) throw new Error('the objects were not rejected', { cause: result });
  return result;
}

test.each(rejected)('an object is rejected without a retry, with its file and its fields: $title', async ({ object, problems }) => {
  const before = cluster.counts.requests;
  const { message, exitCode } = await rejection(object);
  const [heading, ...lines] = message.split('\n');
  expect(heading).toBe('1 of 1 objects cannot be applied, so nothing was written');
  expect(lines.sort()).toEqual(problems.map((problem) => `  app.yaml:1:1: ${String(object.kind)} ${object.metadata.name}: ${problem}`).sort());
  expect(exitCode).toBe(ExitCode.NO);
  // The dry run and the read of the live object; for a custom resource also discovery.
  expect(cluster.counts.requests - before).toBe(object.kind === 'Widget' ? 4 : 2);
});

test('the problems of several objects are in one list', async () => {
  const { message } = await rejection(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data: { token: 'plain text?' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fine' }, data: { a: 'b' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'flags' }, data: { a: true, b: [] } },
    { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' }, spec: { limits: [{ type: 'Container', default: { cpu: 'abc' } }] } },
  );
  expect(message.split('\n')).toEqual([
    '3 of 4 objects cannot be applied, so nothing was written',
    expect.stringContaining('app.yaml:1:1: Secret keys: data.token: got text that is not base64'),
    expect.stringMatching(/app\.yaml:3:1: ConfigMap flags: data\.[ab]: got /),
    expect.stringMatching(/app\.yaml:3:1: ConfigMap flags: data\.[ab]: got /),
    expect.stringContaining('app.yaml:4:1: LimitRange limits: spec.limits[0].default.cpu: got "abc" (text), expected a quantity'),
  ]);
});

test('an object that is too large to be stored is rejected without a retry', async () => {
  const before = cluster.counts.requests;
  const large = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'large' }, spec: { size: 1, list: ['x'.repeat(1_700_000)] } };
  const larger = { ...large, spec: { size: 1, list: ['x'.repeat(2_600_000)] } };
  for (const object of [large, larger]) {
    const error = await cluster.apply(`/apis/example.com/v1/namespaces/${NAMESPACE}/widgets/large`, object).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 413, exitCode: ExitCode.NO });
  }
  expect(cluster.counts.requests - before).toBe(2);
});
