import { Access } from '../../../src/cli/access/access';
import { applyAccess, dryRunAccess, objectName } from '../../../src/cli/access/apply-access';
import { ApiError } from '../../../src/cli/cluster/status';
import { StepLog } from '../../../src/cli/io/step-log';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'example' } };
const ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'gitlab', namespace: 'example' } };

const access = (...objects: object[]) => ({ objects }) as unknown as Access;

/** A cluster with these names. An apply creates an object, or changes it when its annotations differ. */
function clusterWith(...names: string[]) {
  const [versions, applied] = [new Map(names.map((name) => [name, '1'])), [] as string[]];
  const nameOf = (path: string) => path.split('/').pop() ?? '';
  return {
    applied,
    client: {
      get: async (path: string) => {
        const resourceVersion = versions.get(nameOf(path));
        if (resourceVersion === undefined) throw new ApiError('get', 404, { kind: 'Status', code: 404 });
        return { metadata: { resourceVersion } };
      },
      apply: async (path: string, { metadata }: { metadata: { annotations?: object } }, { dryRun = false } = {}) => {
        applied.push(`${nameOf(path)}${dryRun ? ' (dry run)' : ''}`);
        if (!dryRun) versions.set(nameOf(path), metadata.annotations ? '2' : versions.get(nameOf(path)) ?? '1');
        return { metadata: { resourceVersion: versions.get(nameOf(path)) } };
      },
    } as never,
  };
}

describe('the dry run', () => {
  test('checks every object when the namespace exists', async () => {
    const { client, applied } = clusterWith('example');
    expect(await dryRunAccess(client, access(NAMESPACE, ACCOUNT))).toBe(true);
    expect(applied).toEqual(['example (dry run)', 'gitlab (dry run)']);
  });

  test('checks every object when the manifests have no Namespace', async () => {
    const { client, applied } = clusterWith();
    expect(await dryRunAccess(client, access(ACCOUNT))).toBe(true);
    expect(applied).toEqual(['gitlab (dry run)']);
  });

  test('checks only the Namespace when the namespace does not exist', async () => {
    const { client, applied } = clusterWith();
    expect(await dryRunAccess(client, access(NAMESPACE, ACCOUNT))).toBe(false);
    expect(applied).toEqual(['example (dry run)']);
  });
});

test('the apply creates the Namespace first, and checks the other objects before it applies them', async () => {
  let log = '';
  const { client, applied } = clusterWith();
  await applyAccess(client, access(NAMESPACE, ACCOUNT), new StepLog({ write: (text) => log += text }));
  expect(applied).toEqual(['example', 'example (dry run)', 'gitlab (dry run)', 'gitlab']);
  expect(log).toBe('- Namespace example: created\n- ServiceAccount example/gitlab: created\n');
});

test('the apply reports unchanged and changed objects', async () => {
  let log = '';
  const { client } = clusterWith('gitlab', 'other');
  const changed = { ...ACCOUNT, metadata: { name: 'other', namespace: 'example', annotations: { a: 'b' } } };
  await applyAccess(client, access(ACCOUNT, changed), new StepLog({ write: (text) => log += text }));
  expect(log).toBe('- ServiceAccount example/gitlab: unchanged\n- ServiceAccount example/other: changed\n');
});

test('the name of an object has its kind and namespace', () => {
  expect([objectName(NAMESPACE), objectName(ACCOUNT)]).toEqual(['Namespace example', 'ServiceAccount example/gitlab']);
});
