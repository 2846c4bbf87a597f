import { Outage } from '../../../src/cli/cluster/outage';
import { FakeClock } from '../../support/fake-clock';

test('an outage explains that nobody is known, or may do anything, for a quarter of a minute', () => {
  const clock = new FakeClock();
  const outage = new Outage(clock);
  expect([401, 403].map((status) => outage.explains({ status }))).toEqual([false, false]);

  outage.note();
  clock.pass(14_999);
  expect([401, 403, 404, 422].map((status) => outage.explains({ status }))).toEqual([true, true, false, false]);

  clock.pass(1);
  expect([401, 403].map((status) => outage.explains({ status }))).toEqual([false, false]);
});
