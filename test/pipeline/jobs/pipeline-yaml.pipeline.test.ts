import * as fc from 'fast-check';
import { pipelineYaml } from '../../../src/pipeline/jobs/pipeline-yaml';
import { prepareRuby, psych } from '../../gitlab-ci/psych';
import { pipelines } from '../../support/any-pipeline';
import { valuesOf } from '../../support/gitlab-ci-schema';

beforeAll(prepareRuby);

test('GitLab\'s YAML reader and ours read the same values from a pipeline', () => {
  const texts = fc.sample(pipelines(), 100).map((make) => make().toYaml());
  expect(psych(texts)).toEqual(texts.flatMap(valuesOf));
});

const PARTS = [...'0123456789_,.:-+eExobBnyTZ~=<>|&*!%@#[]{}\'"\\ \n\t\r', 'é', '\u0085', '\u2028', '\ufeff', '\u007f', '\u0000', '😀', '2024-01-01', '.inf', ': ', ' #'];

test.each([
  ['values', (text: string) => ({ stage: 'test', script: [text] })],
  ['keys', (text: string) => ({ stage: 'test', artifacts: { [`${text}`]: 1 } })],
])('GitLab\'s YAML reader reads all texts in %s unchanged', (_, keywordsOf) => {
  const texts = fc.sample(fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => parts.join('')).filter((text) => text !== '<<'), 5000);
  const values = texts.map((text) => ({ stages: ['test'], job: keywordsOf(text) }));
  expect(psych(texts.map((text) => pipelineYaml({ stages: ['test'], jobs: [{ name: 'job', keywords: keywordsOf(text) }] })))).toEqual(values);
});
