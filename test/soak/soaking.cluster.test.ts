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

test('each object needs one dry run and one apply, an unchanged object no apply, and neither more than two reads', async () => {
  const scales = new Map((await scaleOf(cluster, 60)).map(({ what, perConfigMap }) => [what, perConfigMap]));
  for (const [what, applies] of [['first install', 1], ['nothing changed', 0], ['all changed', 1], ['one removed', 0]] as const) {
    const found = scales.get(what)!;
    // A request that meets a busy server is sent again.
    expect([what, found.dryRuns]).toEqual([what, expect.closeTo(1, 0)]);
    expect([what, found.applies]).toEqual([what, expect.closeTo(applies, 0)]);
    expect(found.reads).toBeGreaterThanOrEqual(what === 'one removed' ? 0.9 : 1);
    // The second read looks for objects that somebody deleted meanwhile, when the deployment took more than two seconds.
    expect(found.reads).toBeLessThanOrEqual(2.1);
  }
});
