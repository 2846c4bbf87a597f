import { auditedOptions, interleave, inWords } from './interleave';
import { WINDOW_NAMES } from './interleaving';
import { ControlPlane, startControlPlane } from '../cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from '../cluster/programs';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

jest.setTimeout(600_000);

let cluster: ControlPlane;

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), auditedOptions());
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(() => cluster?.stop());

test('two applications of one namespace never write each other\'s objects, lose none of their own, and leave no orphans', async () => {
  const judged = await interleave(cluster, { seed: 1, count: 2 * WINDOW_NAMES.length });
  const wrong = judged.filter(({ foreign, lost, orphans }) => foreign.length + lost.length + orphans.length > 0);
  expect(wrong.map(({ seed, window, done, foreign, lost, orphans }) => ({ seed, window, done: inWords(done), foreign, lost, orphans }))).toEqual([]);
  // The second application is rejected when it has more than the contended object.
  expect(judged.filter(({ hitWindow }) => hitWindow).length).toBeGreaterThan(WINDOW_NAMES.length);
});
