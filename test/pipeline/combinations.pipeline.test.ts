import * as fc from 'fast-check';
import { rejections } from '../gitlab-ci/accepted';
import { pipelines } from '../support/any-pipeline';
import { FETCH_TIMEOUT } from '../support/kubectl';

test('gitlab-ci-local and its schema accept pipelines with any combination of options', () => {
  const texts = fc.sample(pipelines(), 100).map((make) => make().toYaml());
  expect(rejections(texts)).toEqual(texts.map(() => null));
}, FETCH_TIMEOUT);
