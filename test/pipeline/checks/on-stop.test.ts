import type { Json, JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

function problemsOfStop(stop: Json | undefined, raw: JsonObject = {}): string[] {
  const deploy = job('deploy', { environment: { name: 'qa', on_stop: 'stop' } });
  return problemsIn({ added: stop === undefined ? [deploy] : [deploy, job('stop', { environment: stop })], raw });
}

test('an environment is stopped by a job that stops it', () => {
  expect(problemsOfStop({ name: 'qa', action: 'stop' })).toEqual([]);
});

test('the job that stops it may come from an included file', () => {
  expect(problemsOfStop(undefined, { include: 'other.yml' })).toEqual([]);
});

test.each<[string, Json | undefined]>([
  ['a job that is not there', undefined],
  ['a job that deploys', 'qa'],
  ['a job without the action', { name: 'qa' }],
  ['a job that stops another', { name: 'other', action: 'stop' }],
])('an environment is not stopped by %s', (_, stop) => {
  expect(problemsOfStop(stop)).toEqual([expect.stringContaining('job deploy: its environment is stopped by "stop"')]);
});
