import { scaleOf } from './scaling';
import { soak } from './soaking';
import { cluster, onKwok } from '../cluster/on-kwok';

onKwok();

test('10 deploys of each of two applications succeed although requests fail; soak.ts runs 200', async () => {
  const seed = Date.now() % 1e6;
  const { wrong, faults } = await soak(cluster, { seed, deploys: 10 });
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  expect(faults).toBeGreaterThan(10);
});

test('each further object needs one read, one dry run and one apply, and an unchanged object needs no apply', async () => {
  const [few, many] = [await scaleOf(cluster, 30), await scaleOf(cluster, 130)];
  const each = many.map(({ what, requests }, index) => [what, (requests - few[index]!.requests) / 100]);
  // The number of requests while the Deployment becomes ready varies.
  for (const [what, limit] of [['first install', 3.1], ['nothing changed', 2.1], ['all changed', 3.1], ['one removed', 2.1]] as const) {
    expect(Object.fromEntries(each)[what]).toBeLessThanOrEqual(limit);
  }
});
