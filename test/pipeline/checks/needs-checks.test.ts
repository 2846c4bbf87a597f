import * as fc from 'fast-check';
import type { Json } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

const OTHERS = [job('build', { stage: 'build' }), job('deploy', { stage: 'deploy' }), job('first', { stage: '.pre' }), job('last', { stage: '.post' }), job('same'), job('.hidden')];

function problemsOfNeeds(needs: Json, raw = {}): string[] {
  return problemsIn({ added: [...OTHERS, job('a', { needs })], raw });
}

test.each<[string, Json]>([
  ['nothing', []],
  ['a job of an earlier stage', ['build']],
  ['a job of the same stage', ['same']],
  ['a job of .pre', ['first']],
  ['jobs with options', [{ job: 'build', artifacts: false }, { job: 'same', optional: true }]],
  ['lists of jobs', [['build'], ['same']]],
  ['a job that may be missing', [{ job: 'elsewhere', optional: true }]],
  ['a job of another project', [{ project: 'group/other', job: 'build', ref: 'main', artifacts: true }]],
  ['a job of another pipeline', [{ pipeline: '$PARENT_PIPELINE_ID', job: 'elsewhere' }]],
])('a job may need %s', (_, needs) => {
  expect(problemsOfNeeds(needs)).toEqual([]);
});

test.each<[string, Json, string]>([
  ['a job that is not there', ['elsewhere'], 'job a: it needs "elsewhere", expected a job of this file'],
  ['a job that is not there, by an object', [{ job: 'elsewhere' }], 'job a: it needs "elsewhere"'],
  ['a hidden job', ['.hidden'], 'job a: it needs ".hidden", which is hidden, expected a job that runs'],
  ['a job of a later stage', ['deploy'], 'job a: it needs "deploy" of the later stage deploy, expected a job of the same stage or an earlier one'],
  ['a job of .post', ['last'], 'of the later stage .post'],
  ['a job twice', ['build', { job: 'build' }], 'job a: it needs "build" twice, expected each job once'],
  ['itself', ['a'], 'job a: it needs itself: a needs a'],
])('a job may not need %s', (_, needs, expected) => {
  expect(problemsOfNeeds(needs)).toEqual([expect.stringContaining(expected)]);
});

test('an unknown job may come from an included file', () => {
  expect(problemsOfNeeds(['elsewhere'], { include: [{ local: 'other.yml' }] })).toEqual([]);
});

test('a job may need 50 jobs, not more', () => {
  const many = Array.from({ length: 51 }, (_, index) => job(`job ${index}`));
  const needing = (count: number): string[] => problemsIn({ added: [...many, job('a', { needs: many.slice(0, count).map(({ name }) => name) })] });
  expect(needing(50)).toEqual([]);
  expect(needing(51)).toEqual([expect.stringContaining('job a: it needs 51 jobs, expected at most 50')]);
});

test('needs that come from extends are looked at', () => {
  const added = [job('.base', { needs: ['elsewhere'] }), job('a', { extends: '.base' })];
  expect(problemsIn({ added })).toContainEqual(expect.stringContaining('job a: it needs "elsewhere"'));
});

test.each([
  ['two', [['a', 'b'], ['b', 'a']], ['job a: it needs itself: a needs b needs a']],
  ['three', [['a', 'b'], ['b', 'c'], ['c', 'a']], ['job a: it needs itself: a needs b needs c needs a']],
  ['three behind another', [['d', 'a'], ['a', 'b'], ['b', 'a'], ['c', 'd']], ['job d: it needs itself: a needs b needs a']],
])('a cycle of %s is refused', (_, edges, expected) => {
  const added = edges.map(([name, need]) => job(name!, { needs: [need!] }));
  expect(problemsIn({ added })).toEqual(expected.map((text) => expect.stringContaining(text)));
});

test('there is a cycle exactly when the jobs have no order', () => {
  const graph = fc.array(fc.array(fc.nat(6), { maxLength: 3 }).map((needs) => [...new Set(needs)]), { minLength: 7, maxLength: 7 });
  fc.assert(fc.property(graph, (edges) => {
    const added = edges.map((needs, index) => job(String(index), { needs: needs.map(String) }));
    expect(problemsIn({ added }).length > 0).toBe(!hasOrder(edges));
  }));
});

/** Takes away what needs nothing that is left, until nothing or only cycles are left. */
function hasOrder(edges: number[][]): boolean {
  const left = new Set(edges.keys());
  for (let size = -1; size !== left.size;) {
    size = left.size;
    for (const index of left) if (!edges[index]!.some((need) => left.has(need))) left.delete(index);
  }
  return left.size === 0;
}
