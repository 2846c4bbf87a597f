import { job, problemsIn } from '../../support/pipeline-problems';

test.each(['include', 'variables', 'default', 'workflow', 'image', 'services', 'cache', 'before_script', 'after_script'])('a file may have the global keyword %j', (keyword) => {
  expect(problemsIn({ raw: { [keyword]: {} } })).toEqual([]);
});

test.each([
  ['stages', 'use the option stages'],
  ['spec', 'remove it, and write a component with writeComponent'],
  ['deploy', 'add a job with addJob'],
  ['build', 'use the options of that job'],
])('a file may not have the global keyword %j', (keyword, fix) => {
  expect(problemsIn({ jobs: [job('build')], raw: { [keyword]: {} } })).toEqual([expect.stringMatching(new RegExp(`^raw: it has the keyword "${keyword}".*; ${fix}$`))]);
});

test.each(['build', 'test', '.pre', '.post'])('a job may be in the stage %j', (stage) => {
  expect(problemsIn({ added: [job('a', { stage })] })).toEqual([]);
});

test('a hidden job may be in any stage', () => {
  expect(problemsIn({ added: [job('.a', { stage: 'other' })] })).toEqual([]);
});

test.each(['other', 'Test', ''])('a job may not be in the stage %j', (stage) => {
  expect(problemsIn({ added: [job('a', { stage })] })).toEqual([
    `job a: its stage is "${stage}", expected one of .pre, build, test, deploy, .post; add it to the option stages`,
  ]);
});

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

test.each(['', ' ', 'a\nb', 'a\u0000', 'a\u2028b', 'a'.repeat(256)])('a job may not have the name %j', (name) => {
  expect(problemsIn({ added: [job(name)] })).toEqual([expect.stringContaining('expected one line of at most 255 characters')]);
});

test.each([
  ['.build', 'which hides a job'],
  ['pages', 'GitLab publishes the artifact of this one as a Pages site'],
])('a generated job may not be called %j', (name, expected) => {
  expect(problemsIn({ jobs: [job(name)] })).toEqual([expect.stringContaining(expected)]);
});

test('two jobs may not have one name', () => {
  expect(problemsIn({ jobs: [job('build')], added: [job('build'), job('other')] })).toEqual([
    'job build: another job has that name, expected a name of its own; rename one of them',
  ]);
});
