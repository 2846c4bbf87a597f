import { readCiFile } from './ci-file';
import { JobGraph } from './job-graph';

function graph(jobs: Record<string, object>) {
  const { stages, jobs: definitions } = readCiFile(JSON.stringify(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, { script: ['true'], ...job }]))));
  const made = new JobGraph(stages, definitions);
  const find = (name: string) => definitions.find((job) => job.name === name)!;
  return {
    order: () => made.inOrder().map(({ name }) => name),
    before: (name: string) => made.before(find(name)),
    sources: (name: string) => made.artifactSources(find(name)),
  };
}

test('jobs without needs wait for all jobs of earlier stages, and get their artifacts', () => {
  const { order, before, sources } = graph({ last: { stage: 'deploy' }, a: { stage: 'build' }, b: { stage: 'build' }, chosen: { stage: 'deploy', dependencies: ['a'] } });
  expect(order()).toEqual(['a', 'b', 'last', 'chosen']);
  expect(before('last')).toEqual(['a', 'b']);
  expect(sources('last')).toEqual(['a', 'b']);
  expect(sources('chosen')).toEqual(['a']);
});

test('a job with needs waits for those only, and gets their artifacts unless it declines them', () => {
  const { order, before, sources } = graph({ a: { stage: 'build' }, b: { stage: 'build' }, c: { stage: 'build', needs: [{ job: 'a', artifacts: false }, 'b', { job: 'gone', optional: true }] } });
  expect(order()).toEqual(['a', 'b', 'c']);
  expect(before('c')).toEqual(['a', 'b']);
  expect(sources('c')).toEqual(['b']);
});

test.each<[string, Record<string, object>]>([
  ['\'a\' job needs \'x\' job, but \'x\' does not exist in the pipeline', { a: { needs: ['x'] } }],
  ['the needs of a, b are a circle', { a: { needs: ['b'] }, b: { needs: ['a'] } }],
  ['a: the stage other does not exist', { a: { stage: 'other' } }],
])('%s', (message, jobs) => {
  expect(() => graph(jobs).order()).toThrow(message);
});
