import { inOrder, inReverse } from '../../../../src/cli/deploy/objects/apply-order';
import { BEFORE_WORKLOADS } from '../../../../src/cli/deploy/objects/jobs';
import { ReleaseObject } from '../../../../src/cli/deploy/objects/release';

function item(apiVersion: string, kind: string, annotations: Record<string, string> = {}): { readonly object: ReleaseObject } {
  return { object: { at: 'app.yaml:1:1', apiVersion, kind, name: 'web', value: { apiVersion, kind, metadata: { name: 'web', annotations } } } };
}

const ITEMS = [
  item('example.com/v1', 'Widget'),
  item('apps/v1', 'Deployment'),
  item('v1', 'Service'),
  item('batch/v1', 'Job'),
  item('batch/v1', 'Job', { [BEFORE_WORKLOADS]: 'true' }),
  item('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  item('rbac.authorization.k8s.io/v1', 'Role'),
  item('v1', 'Secret'),
  item('v1', 'ServiceAccount'),
];

type Item = (typeof ITEMS)[number];

const kinds = (groups: readonly Item[][]) => groups.map((group) => group.map(({ object }) => object.kind));

test('inOrder puts the objects that workloads need first, then migrations, workloads and all other kinds', () => {
  const { before, migrations, after } = inOrder(ITEMS);
  expect(kinds(before)).toEqual([['ServiceAccount'], ['Role'], ['RoleBinding'], ['Service', 'Secret']]);
  expect(migrations).toEqual([ITEMS[4]]);
  expect(kinds(after)).toEqual([['Deployment', 'Job'], ['Widget']]);
});

test('inReverse deletes an object before the objects that it needs', () => {
  const groups = inReverse(ITEMS.map(({ object }) => object));
  expect(groups.map((group) => group.map(({ kind }) => kind))).toEqual([['Widget'], ['Deployment', 'Job', 'Job'], ['Service', 'Secret'], ['RoleBinding'], ['Role'], ['ServiceAccount']]);
});

test('inOrder and inReverse keep every object', () => {
  const { before, migrations, after } = inOrder(ITEMS);
  expect([...before.flat(), ...migrations, ...after.flat()]).toHaveLength(ITEMS.length);
  expect(inReverse(ITEMS.map(({ object }) => object)).flat()).toHaveLength(ITEMS.length);
});
