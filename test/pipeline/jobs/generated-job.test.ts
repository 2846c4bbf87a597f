import type { JobOptions } from '../../../src';
import { generatedJob } from '../../../src/pipeline/jobs/generated-job';
import { messageOf } from '../../support/synth';

const KEYWORDS = { stage: 'build', script: ['make'], rules: [{ if: '$A' }], interruptible: false, variables: { LEVEL: '1' } };

function job(options: JobOptions = {}) {
  return generatedJob({ name: 'build', options, keywords: KEYWORDS });
}

test('a job without options has its own keywords', () => {
  expect(job()).toEqual({ name: 'build', keywords: { ...KEYWORDS, needs: undefined, tags: undefined, timeout: undefined }, raw: undefined });
});

test('a job needs the jobs of the user without their artifacts', () => {
  expect(job({ needs: ['lint'] }).keywords.needs).toEqual([{ job: 'lint', artifacts: false }]);
});

test('a job has its own variables and those of the user', () => {
  expect(job({ variables: { MODE: 'fast', LEVEL: '1' } }).keywords.variables).toEqual({ LEVEL: '1', MODE: 'fast' });
});

test('a variable that the job sets may not have another value', () => {
  expect(messageOf(() => job({ variables: { LEVEL: '2' } }))).toBe('job build: the option variables sets LEVEL to "2", expected "1", which the job needs; remove LEVEL from variables');
});

test('a raw keyword may be any that the job does not set', () => {
  expect(job({ raw: { retry: 2, image: 'a:1', coverage: '/a/' } }).raw).toEqual({ retry: 2, image: 'a:1', coverage: '/a/' });
});

test.each([
  ['script', 'use the option script'],
  ['stage', 'remove stage from raw'],
  ['rules', 'remove rules from raw, and choose the refs of the targets'],
  ['interruptible', 'remove interruptible from raw: a cancelled deployment leaves the release half written'],
])('the raw keyword %s may not replace that of the job', (keyword, fix) => {
  expect(messageOf(() => job({ raw: { [keyword]: 'x' } }))).toBe(`job build: raw has "${keyword}", which the job already sets, expected keywords that the job does not set; ${fix}`);
});
