import { OutageTracker } from '../../../src/cli/cluster/api-client';
import { FakeClock } from '../../support/fake-clock';

test('401 and 403 are temporary for 15 seconds after an outage', () => {
  const clock = new FakeClock();
  const outage = new OutageTracker(clock);
  expect([401, 403].map((status) => outage.explains({ status }))).toEqual([false, false]);

  outage.note();
  clock.pass(14_999);
  expect([401, 403, 404, 422].map((status) => outage.explains({ status }))).toEqual([true, true, false, false]);

  clock.pass(1);
  expect([401, 403].map((status) => outage.explains({ status }))).toEqual([false, false]);
});
