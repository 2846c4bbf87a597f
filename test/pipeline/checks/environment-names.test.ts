import type { JsonObject } from '../../../src/base/json';
import { job, problemsIn } from '../../support/pipeline-problems';

const GIVER = job('container', { stage: 'build' }, { gives: ['IMAGE'] });

function problemsOf(keywords: JsonObject): string[] {
  return problemsIn({ jobs: [GIVER], added: [job('a', keywords)] });
}

test.each<JsonObject>([
  { environment: 'qa' },
  { environment: { name: 'qa/$CI_COMMIT_REF_SLUG', url: 'https://$IMAGE.example.com' } },
  { environment: { name: 'qa/${CI_PIPELINE_IID}' }, resource_group: '$CI_COMMIT_REF_SLUG' },
  { environment: { name: 'qa/$$IMAGE' } },
  { environment: { name: 'qa/$IMAGES' } },
  {},
])('GitLab knows the names in %j', (keywords) => {
  expect(problemsOf(keywords)).toEqual([]);
});

test.each<[JsonObject, string]>([
  [{ environment: '$IMAGE' }, 'job a: its environment "$IMAGE" has $IMAGE in it, which a dotenv report gives'],
  [{ environment: { name: 'qa/${IMAGE}' } }, 'has $IMAGE in it, which a dotenv report gives'],
  [{ environment: { name: 'qa/$CI_JOB_ID' } }, 'has $CI_JOB_ID in it, which only the running job knows'],
  [{ environment: { name: 'qa/$CI_PIPELINE_ID' } }, 'has $CI_PIPELINE_ID in it, which only the running job knows'],
  [{ environment: { name: '$CI_ENVIRONMENT_SLUG' } }, 'has $CI_ENVIRONMENT_SLUG in it'],
  [{ resource_group: '$IMAGE' }, 'job a: its resource group "$IMAGE" has $IMAGE in it, which a dotenv report gives'],
  [{ environment: '$CI_JOB_ID', resource_group: '$CI_JOB_ID' }, 'its environment "$CI_JOB_ID"'],
])('GitLab does not know the names in %j', (keywords, expected) => {
  expect(problemsOf(keywords)).toEqual([expect.stringContaining(expected)]);
});
