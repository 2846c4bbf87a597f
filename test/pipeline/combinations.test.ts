import * as fc from 'fast-check';
import type { JsonObject } from '../../src/base/json';
import { pipelines } from '../support/any-pipeline';
import { schemaProblems, valuesOf } from '../support/gitlab-ci-schema';

const RUNS = { numRuns: 40 };

test('a pipeline always has the same text', () => {
  fc.assert(fc.property(pipelines(), (make) => {
    expect(make().toYaml()).toBe(make().toYaml());
  }), RUNS);
});

test('a pipeline has all needed jobs and all stages of its jobs', () => {
  fc.assert(fc.property(pipelines(), (make) => {
    const { stages, ...rest } = fileOf(make().toYaml());
    const jobs = Object.entries(rest).filter(([name]) => !GLOBAL.includes(name)) as Array<[string, JsonObject]>;
    const names = jobs.map(([name]) => name);
    for (const [, job] of jobs) {
      expect(names).toEqual(expect.arrayContaining((job.needs as JsonObject[] | undefined ?? []).map((need) => need.job)));
      expect(['.pre', ...stages as string[]]).toContain(job.stage);
    }
  }), RUNS);
});

test('a job that deploys to a protected target runs only for protected refs', () => {
  fc.assert(fc.property(pipelines(), (make) => {
    const file = fileOf(make().toYaml());
    for (const job of Object.values(file) as JsonObject[]) {
      const name = (job.environment as JsonObject | undefined)?.name;
      if (typeof name === 'string' && name.startsWith('protected')) expect(JSON.stringify(job.rules)).toContain('$CI_COMMIT_REF_PROTECTED == \\"true\\"');
    }
  }), RUNS);
});

test('GitLab\'s schema accepts any pipeline', () => {
  fc.assert(fc.property(pipelines(), (make) => {
    expect(schemaProblems(make().toYaml())).toEqual([]);
  }), RUNS);
});

const GLOBAL = ['stages', 'default', 'variables', 'workflow', 'include'];

function fileOf(yaml: string): JsonObject {
  return valuesOf(yaml)[0] as JsonObject;
}
