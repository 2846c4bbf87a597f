import { job, problemsIn } from '../../support/pipeline-problems';

const NAMES = ['a', 'build', 'pages', 'rspec 1/2', 'a:b', 'Ümlaut', '.hidden', 'yes', 'default job', 'a'.repeat(255)];

test.each(NAMES)('a job may be called %j', (name) => {
  expect(problemsIn({ added: [job(name)] })).toEqual([]);
});

const KEYWORDS = [
  '<<', 'image', 'services', 'stages', 'types', 'before_script', 'after_script', 'variables', 'cache', 'include', 'workflow', 'default', 'spec', 'true', 'false',
  'nil', 'null', 'pages:deploy',
];

test.each(KEYWORDS)('a job may not be called %j', (name) => {
  expect(problemsIn({ added: [job(name)] })).toEqual([`job: its name is "${name}", expected no keyword of GitLab or YAML; rename it`]);
});

test.each(['', ' ', 'a\nb', 'a\u0000', 'a\u2028b', 'a'.repeat(256)])('a job may not be called %j', (name) => {
  expect(problemsIn({ added: [job(name)] })).toEqual([expect.stringContaining('expected one line of at most 255 characters')]);
});

test.each([
  ['.build', 'which hides a job'],
  ['pages', 'publish it as a site'],
])('a generated job may not be called %j', (name, expected) => {
  expect(problemsIn({ jobs: [job(name)] })).toEqual([expect.stringContaining(expected)]);
});

test('two jobs may not have one name', () => {
  expect(problemsIn({ jobs: [job('build')], added: [job('build'), job('other')] })).toEqual([
    'job build: another job has that name, expected a name of its own; rename one of them',
  ]);
});
