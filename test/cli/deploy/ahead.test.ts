import type { KubernetesClient } from '../../../src/cli/cluster/kubernetes-client';
import { Ahead } from '../../../src/cli/deploy/ahead';
import type { DeployLock } from '../../../src/cli/deploy/lock/deploy-lock';

const LOCK = {} as DeployLock;

let log: string[];
let ahead: Ahead<string>;

beforeEach(() => {
  log = [];
  let clients = 0;
  const connect = () => {
    const name = `client ${clients += 1}`;
    return { server: name, close: () => log.push(`close ${name}`) } as unknown as KubernetesClient;
  };
  ahead = new Ahead(connect, ({ server }) => {
    log.push(`prepare ${server}`);
    return `by ${server}`;
  });
});

test('what was begun while the lock was taken is what is used under it', () => {
  ahead.begin(LOCK);
  expect(ahead.under(LOCK)).toMatchObject({ prepared: 'by client 1', cluster: { server: 'client 1' } });
  ahead.drop();
  expect(log).toEqual(['prepare client 1', 'close client 1']);
});

test('nothing is used of what was begun when others were faster', () => {
  ahead.begin(LOCK);
  ahead.drop();
  expect(ahead.under(LOCK)).toMatchObject({ prepared: 'by client 2' });
  expect(log).toEqual(['prepare client 1', 'close client 1', 'prepare client 2']);
});

test('what was not begun is begun under the lock', () => {
  expect(ahead.under(LOCK).prepared).toBe('by client 1');
  ahead.drop();
  ahead.drop();
  expect(log).toEqual(['prepare client 1', 'close client 1']);
});
