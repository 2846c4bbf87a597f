import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { DeployCredential, DeployTarget, GitlabPipeline, ImageBuild } from '../../../src';
import type { Json } from '../../../src/base/json';
import { prepareRunner } from '../../gitlab-ci/gitlab-ci-local';
import { preview } from '../../gitlab-ci/preview';
import { pipelines, requiredInputs } from '../../support/any-pipeline';
import { FETCH_TIMEOUT } from '../../support/kubectl';

let folder: string;

beforeAll(() => {
  prepareRunner();
  folder = mkdtempSync(join(tmpdir(), 'component-'));
}, FETCH_TIMEOUT);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function included(component: string, inputs: { [name: string]: Json }, include: object = { local: 'templates/deploy.yml' }) {
  return preview(folder, { 'templates/deploy.yml': component, '.gitlab-ci.yml': stringify({ include: [{ ...include, inputs }] }) });
}

test('a component that is included with the values of a pipeline has the jobs of that pipeline', () => {
  for (const make of fc.sample(pipelines(), 3)) {
    expect(included(make().toComponentYaml(), requiredInputs(make()))).toEqual(preview(folder, { '.gitlab-ci.yml': make().toYaml() }));
  }
});

test.each([
  ['a file', { local: 'templates/deploy.yml' }],
  ['a component', { component: '$CI_SERVER_FQDN/$CI_PROJECT_PATH/deploy@$CI_COMMIT_SHA' }],
])('a component can be included as %s with the values of a project', (_, include) => {
  const component = new GitlabPipeline({
    app: 'web',
    targets: [DeployTarget.of({ environment: 'production', namespace: 'example', protectedRefsOnly: true })],
    imageBuild: ImageBuild.docker({ tags: ['privileged'] }),
    credential: DeployCredential.gitlabAgent({ agent: 'group/infra:main' }),
  }).toComponentYaml();
  const pipeline = included(component, {
    'app': 'shop',
    'production-environment': 'live',
    'production-namespace': 'shop-live',
    'job-prefix': 'shop-',
    'deploy-stage': 'on',
    'builder-tags': ['inside', 'yes'],
    'builder-image': 'mirror.example.com:5000/docker:1',
  }, include);

  expect(Object.keys(pipeline).filter((name) => name.startsWith('shop-'))).toEqual(['shop-container', 'shop-synth', 'shop-deploy-live']);
  expect(pipeline['shop-container']).toMatchObject({ image: { name: 'mirror.example.com:5000/docker:1' }, tags: ['inside', 'yes'] });
  expect(pipeline['shop-deploy-live']).toMatchObject({ stage: 'on', environment: { name: 'live' }, needs: [{ job: 'shop-synth' }] });
  expect(JSON.stringify(pipeline['shop-deploy-live'])).toContain('--app shop --context group/infra:main --namespace shop-live');
});
