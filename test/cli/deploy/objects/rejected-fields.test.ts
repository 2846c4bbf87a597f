import * as fc from 'fast-check';
import { Json, JsonObject } from '../../../../src/base/json';
import { secrets } from '../../../../src/base/secrets';
import { ApiError, Status } from '../../../../src/cli/cluster/status';
import { explain, ObjectProblem } from '../../../../src/cli/deploy/objects/object-problems';
import { describeVectors } from '../../../support/vectors';

interface RejectedObject {
  readonly title: string;
  readonly object: JsonObject;
  readonly code: number;
  readonly message: string;
  readonly causes?: NonNullable<Status['details']>['causes'];
  readonly problems: readonly string[];
}

afterEach(() => secrets.clear());

function explained(value: JsonObject, message: string, causes: RejectedObject['causes'] = undefined): ObjectProblem {
  const object = { at: 'app.yaml:1:1', apiVersion: String(value.apiVersion), kind: String(value.kind), name: 'web', value };
  return explain(object, new ApiError('patch', 422, { kind: 'Status', message, details: { causes } }));
}

function linesOf({ given, fix, more = [] }: ObjectProblem): string[] {
  return [{ given, fix }, ...more].map((one) => `${one.given}; ${one.fix}`);
}

const GO_TYPES = /interface ?\{\}|valueUnstructured|&\{|\b(?:int|float)(?:32|64)\b|\bGo \w|<nil>|unstructured/;

describeVectors<{ readonly rejected: readonly RejectedObject[] }>('rejected-objects.json', ({ rejected }) => {
  test.each(rejected)('the API server\'s words about $title become one line a field, without Go types', ({ object, message, causes, problems }) => {
    expect(linesOf(explained(object, message, causes))).toEqual(problems);
    expect(problems.join('\n')).not.toMatch(GO_TYPES);
  });
});

const prefix = (kind: string) => `failed to create typed patch object (/web; v1, Kind=${kind}): `;
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { 'replicas': 'many\u001b[31m', 'a.b': { c: 3 }, 'list': [{ name: 'x]"', value: 1 }] } };

test.each<[string, JsonObject, string, string]>([
  ['a name with a dot', DEPLOYMENT, `${prefix('Deployment')}.spec.a.b.c: expected string, got &value.valueUnstructured{Value:3}`, 'spec.a.b.c: got 3 (number), expected a text; write it in quotes: "3"'],
  ['a key with brackets and quotes', DEPLOYMENT, `${prefix('Deployment')}.spec.list[name="x]\\""].value: expected string, got &value.valueUnstructured{Value:1}`, 'spec.list[name="x]\\""].value: got 1 (number), expected a text; write it in quotes: "1"'],
  ['a terminal escape', DEPLOYMENT, `${prefix('Deployment')}.spec.replicas: expected numeric (int or float), got string`, 'spec.replicas: got "many\\u001b[31m" (text), expected a number; write a number, such as 1'],
  ['a field that is not in the manifest', DEPLOYMENT, `${prefix('Deployment')}.spec.other: expected boolean, got &{3}`, 'spec.other: expected true or false; write true or false, without quotes'],
  ['a text that no rule knows', DEPLOYMENT, `${prefix('Deployment')}.spec: schema error: no map[string]interface {} here`, 'spec: schema error: no a mapping here; change it in the manifest'],
  ['two unknown fields of a strict decoder', DEPLOYMENT, 'strict decoding error: unknown field "spec.one", unknown field "spec.two[0].three"', 'spec.one: unknown field; correct the name of the field, or remove it (`kubectl explain` lists the fields)'],
  ['a Go field', { ...DEPLOYMENT, spec: { replicas: '3' } }, 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32', 'spec.replicas: got "3" (text), expected a whole number; write it without quotes'],
  ['an object that is too large for etcd', DEPLOYMENT, 'etcdserver: request is too large', 'it is larger than the 1.5 MiB that the API server stores; split it, or keep large data outside of the cluster'],
  ['an object in the cluster that does not fit its schema', DEPLOYMENT, 'failed to create typed live object (x/web; v1, Kind=A): .spec.a: field not declared in schema', '.spec.a: field not declared in schema; delete the object in the cluster, which does not fit its schema, or let an administrator correct it'],
  ['several lines that no rule knows', DEPLOYMENT, 'first problem\n  second problem\n', 'first problem; second problem; change the manifest accordingly'],
])('%s is explained', (_, object, message, line) => {
  expect(linesOf(explained(object, message))[0]).toBe(line);
});

test.each([['512mb', '512M'], ['1 gib', '1Gi'], ['500 m', '500m'], ['2g', '2G'], ['64K', '64k'], ['5Kb', '5k']])('the quantity %p gets the advice %p', (given, advice) => {
  const object = { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { amount: given } } };
  const message = 'failed to convert new object (/web; /v1, Kind=ResourceQuota) to proper version: unable to convert unstructured object to /v1, Kind=ResourceQuota: unable to parse quantity\'s suffix';
  expect(linesOf(explained(object, message))).toEqual([`spec.hard.amount: got "${given}" (text), expected a quantity; try ${advice}`]);
});

test('a secret of the job is masked in quoted values, before quotes are escaped', () => {
  const secret = 'pass"word\n1';
  secrets.add(secret);
  const object = { apiVersion: 'v1', kind: 'ConfigMap', data: secret };
  expect(linesOf(explained(object, `${prefix('ConfigMap')}.data: expected map, got &{${secret}}`))[0]).toContain('data: got "[MASKED]" (text)');
  expect(linesOf(explained(object, `no rule knows ${secret}`))[0]).toContain('no rule knows [MASKED]');
});

test('no value of a Secret is quoted, whatever its type', () => {
  const values = fc.oneof(fc.string({ minLength: 3 }), fc.integer({ min: 1000 }), fc.array(fc.string({ minLength: 3 }), { minLength: 1 }), fc.dictionary(fc.constant('in'), fc.string({ minLength: 3 }), { minKeys: 1 }));
  const scalars = (value: Json): string[] => (typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalars) : [String(value)]);
  fc.assert(fc.property(values, fc.constantFrom('expected string, got &value.valueUnstructured{Value:%}', 'expected map, got &{%}', 'expected list, got &{%}', 'odd %'), (value: Json, text) => {
    const marked = JSON.parse(JSON.stringify(value), (_, inner: unknown) => (typeof inner === 'string' ? `QX${inner}XQ` : inner)) as Json;
    const object = { apiVersion: 'v1', kind: 'Secret', data: { key: marked } };
    const messages = [
      `${prefix('Secret')}.data.key: ${text.replace('%', () => JSON.stringify(marked))}`,
      `${prefix('Secret')}errors:\n  .data.key: ${text.replace('%', () => scalars(marked).join(' '))}\n  .data.other: expected string, got &value.valueUnstructured{Value:true}`,
    ];
    const causes = [{ reason: 'FieldValueInvalid', field: 'data[key]', message: `Invalid value: ${JSON.stringify(marked)}: must be another` }];
    const lines = [...messages.flatMap((message) => linesOf(explained(object, message))), ...linesOf(explained(object, 'is invalid', causes))].join('\n');
    for (const scalar of scalars(marked)) expect(lines).not.toContain(scalar);
    expect(lines).not.toMatch(/QX|XQ/);
  }));
});

test('a long list of problems is cut', () => {
  const entries = Array.from({ length: 200 }, (_, index) => `.spec.f${index}: field not declared in schema`);
  expect(linesOf(explained(DEPLOYMENT, `${prefix('Deployment')}errors:\n  ${entries.join('\n  ')}`))).toHaveLength(50);
});
