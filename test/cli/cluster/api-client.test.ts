import { ApiClient, OutageTracker } from '../../../src/cli/cluster/api-client';
import { FakeClock } from '../../support/fake-clock';
import { httpServer } from '../../support/loopback';

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

test('the attempt with a renewed token has the rest of the time limit', async () => {
  const clock = new FakeClock();
  const { port } = await httpServer(({ headers }, response) => {
    // A connection without an answer ends when the client has waited for 15 s in both attempts.
    clock.pass(headers.authorization === 'Bearer old' ? 14_000 : 1_000);
    if (headers.authorization === 'Bearer old') response.writeHead(401).end('{}');
  });
  const credentials = { description: 'a token', present: async (renew = false) => ({ token: renew ? 'new' : 'old' }) };
  const client = new ApiClient({ server: `http://127.0.0.1:${port}`, credentials }, { variables: {}, clock, signal: new AbortController().signal });

  await expect(client.send({ method: 'GET', path: '/', once: true })).rejects.toThrow('no answer within 1 s');
  client.close();
});
