import { Recorded } from './recorded';
import { Bodies, record } from './recording/record';
import { SCENARIOS } from './scenarios/all';
import { cluster, onKwok } from '../cluster/on-kwok';

jest.setTimeout(300_000);

onKwok();

const recorded = new Recorded();

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario.shows, scenario] as const))('%s: %s', async (name, _, scenario) => {
  const bodies: Bodies = new Map();
  const now = await record(scenario, cluster, bodies);
  const difference = recorded.difference(name, now, bodies);
  if (difference !== '') throw new Error(`it is not what is recorded; test/contract/README.md says what to do\n${difference}`);
});

test('each recorded file belongs to a scenario', () => {
  expect(recorded.unknown(SCENARIOS.map(({ name }) => name))).toEqual([]);
});

test('each scenario has a unique name', () => {
  expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
});
