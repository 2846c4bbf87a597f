import { findingsOf, findingText } from '../../../../src/cli/pipeline/project/findings';
import { OwnedVariable } from '../../../../src/cli/pipeline/project/project-variables';
import { HeldCredential } from '../../../../src/pipeline/jobs/job';
import { TargetModel } from '../../../../src/pipeline/model/pipeline-model';
import { AGENT, ID_TOKEN, jobModel, KUBECONFIG, pipelineModel, PRODUCTION, REVIEW, STAGING } from '../models';

interface Case {
  readonly targets?: TargetModel[];
  readonly credential?: HeldCredential;
  readonly unseen?: string[];
}

function variable(key: string, environmentScope: string, more: Partial<OwnedVariable> = {}): OwnedVariable {
  return { key, environmentScope, owner: 'project "example-group/site"', isOfProject: true, type: 'file', protected: true, masked: true, hidden: true, ...more };
}

/** The variables that `grant` stores. */
function credential(scope: string, more: Partial<OwnedVariable> = {}): OwnedVariable[] {
  return [variable('KUBECONFIG', scope, more), variable('KUBECONFIG_TOKEN', scope, more)];
}

const OF_GROUP = { owner: 'group "example-group"', isOfProject: false };

function found(variables: OwnedVariable[], { targets = [STAGING, PRODUCTION], credential: kind = KUBECONFIG, unseen = [] }: Case = {}): string[] {
  return findingsOf(pipelineModel(targets, kind), { project: 'example-group/site', variables, unseen }).map((finding) => findingText(finding).trimEnd());
}

describe('it finds nothing when', () => {
  test.each<[string, OwnedVariable[], Case?]>([
    ['each environment has its credential', [...credential('staging'), ...credential('production')]],
    ['a credential of a group is for the environment', [...credential('staging', OF_GROUP), ...credential('production')]],
    ['the credential of an unprotected environment is not protected', [...credential('staging', { protected: false }), ...credential('production')]],
    ['the credential of review apps is for all of them', credential('review/*', { protected: false }), { targets: [REVIEW] }],
    ['the project has other variables', [...credential('production'), variable('OTHER', '*', { masked: false })], { targets: [PRODUCTION] }],
    ['a variable of the image reaches only jobs that do not read it', [...credential('production'), variable('IMAGE', 'production')], { targets: [PRODUCTION] }],
    ['a group has credentials for other projects', [...credential('production'), ...credential('elsewhere', OF_GROUP)], { targets: [PRODUCTION] }],
    ['an agent gives the credential', [], { credential: AGENT }],
    ['the credential is an id_token', [variable('KUBECONFIG', 'production')], { credential: ID_TOKEN }],
  ])('%s', (_, variables, options: Case = {}) => {
    expect(found(variables, options)).toEqual([]);
  });
});

describe('a variable that overrides one of the pipeline', () => {
  const good = credential('production');

  test.each<[string, OwnedVariable[], string[]]>([
    ['for the image', [variable('IMAGE', '*')],
      ['failure: variable IMAGE of project "example-group/site" for every environment: it overrides the dotenv variable of "container" in "synth", expected no such variable; '
        + 'remove it, or set another variable name in the pipeline']],
    ['for the pipeline of the image', [variable('IMAGE_PIPELINE_ID', '*', OF_GROUP)],
      ['failure: variable IMAGE_PIPELINE_ID of group "example-group" for every environment: it overrides the dotenv variable of "container" in "synth", expected no such variable; '
        + 'remove it, or set another variable name in the pipeline']],
  ])('is a failure %s', (_, variables, expected) => {
    expect(found([...good, ...variables], { targets: [PRODUCTION] })).toEqual(expected);
  });

  test.each<[string, HeldCredential, string, string]>([
    ['an agent', AGENT, 'KUBECONFIG', 'it overrides the variable of the GitLab agent group/infra:prod in "deploy-production"'],
    ['an id_token', ID_TOKEN, 'KUBE_ID_TOKEN', 'it overrides the id_token for cluster-1 in "deploy-production"'],
  ])('is a failure beside %s', (_, kind, key, words) => {
    expect(found([variable(key, 'production')], { targets: [PRODUCTION], credential: kind })).toEqual([
      `failure: variable ${key} of project "example-group/site" for environment "production": ${words}, expected no such variable; `
      + 'remove it, or set another variable name in the pipeline',
    ]);
  });
});

describe('a credential', () => {
  test.each<[string, OwnedVariable[], Case, RegExp[]]>([
    ['fails when it is missing', credential('staging'), {},
      [/^failure: variable KUBECONFIG for environment "production": it is missing, expected a credential; run cdk8s-ci-deploy grant with --environment "production"$/]],
    ['warns when it is missing and the token may not read every group', credential('staging'), { unseen: ['could not look at group 7'] },
      [/^warning: variable KUBECONFIG for environment "production": it is missing in the project, and the token may not read the variables of every group/]],
    ['fails when that of review apps is missing', [], { targets: [REVIEW] }, [/for environment "review\/mr-\*": it is missing, .* --environment "review\/\*" --unprotected$/]],
    ['fails when that of review apps is protected', credential('review/*'), { targets: [REVIEW] },
      [/^failure: variable KUBECONFIG for environment "review\/mr-\*": it is protected, so jobs of merge requests do not get it/]],
    ['fails when it is for one review app only', credential('review/mr-1', { protected: false }), { targets: [REVIEW] }, [/^failure: .* "review\/mr-\*": it is missing/]],
    ['fails when it is not masked', [variable('KUBECONFIG', 'production', { masked: false }), variable('KUBECONFIG_TOKEN', 'production')], { targets: [PRODUCTION] },
      [/^failure: variable KUBECONFIG of project "example-group\/site" for environment "production": it is not masked, expected a masked variable; remove it, and let/]],
    ['fails when its token is not masked', [variable('KUBECONFIG', 'production'), variable('KUBECONFIG_TOKEN', 'production', { masked: false })], { targets: [PRODUCTION] },
      [/^failure: variable KUBECONFIG_TOKEN of .*: it is not masked/]],
    ['warns when its token has no variable of its own', [variable('KUBECONFIG', 'production')], { targets: [PRODUCTION] },
      [/^warning: variable KUBECONFIG of .*: there is no KUBECONFIG_TOKEN beside it, so logs do not mask the token in it/]],
    ['fails when it is not protected and its environment is', credential('production', { protected: false }), { targets: [PRODUCTION] },
      [/^failure: .*: it is not protected, and environment "production" is, expected a protected variable/]],
    ['fails when every environment gets it', credential('*'), { targets: [PRODUCTION] },
      [/^failure: .* for every environment: "build", "container" and "synth" get the credential, too, expected a scope for "production" alone; store one for each/]],
    ['warns when every environment gets it and none is protected', credential('*'), { targets: [STAGING] }, [/^warning: .*"build", "container" and "synth" get the credential/]],
    ['fails when two environments share it', credential('*ing'), { targets: [STAGING, { ...STAGING, environment: 'testing', namespace: 'example-testing' }] },
      [/^failure: .* for environment "\*ing": it is the credential of "staging" \(namespace "example-staging"\) and "testing" \(namespace "example-testing"\), expected one/]],
    ['warns when no job uses it', [...credential('production'), variable('KUBECONFIG', 'prod')], { targets: [PRODUCTION] },
      [/^warning: .* for environment "prod": its scope matches no environment of the pipeline, expected "production"; change the scope in GitLab, or end the credential/]],
  ])('%s', (_, variables, options, expected) => {
    expect(found(variables, options)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  test('fails for each mistake of one variable', () => {
    expect(found(credential('*'), { targets: [STAGING, PRODUCTION] }).map((line) => line.replace(/^(\w+: ).* every environment: /, '$1').replace(/, expected.*/, ''))).toEqual([
      'failure: it is the credential of "staging" (namespace "example-staging") and "production" (namespace "example")',
      'failure: "build", "container" and "synth" get the credential, too',
    ]);
  });
});

describe('the token for GitLab that rotates a credential', () => {
  const rotates = { ...pipelineModel([STAGING, PRODUCTION]) };
  const rotation = (environment: string) => jobModel(`rotate-${environment}`, 'rotate', {
    needs: [], environment, action: 'uses', protected: true, holds: [KUBECONFIG, { variable: 'GITLAB_TOKEN', kind: 'project access token', source: 'gitlab' }],
  });
  const model = { ...rotates, jobs: [...rotates.jobs, rotation('staging'), rotation('production')] };
  const lines = (variables: OwnedVariable[]) => findingsOf(model, { project: 'example-group/site', variables, unseen: [] }).map((finding) => findingText(finding).trimEnd());
  const good = [...credential('staging'), ...credential('production')];

  test('is accepted for each environment', () => {
    expect(lines([...good, variable('GITLAB_TOKEN', 'staging'), variable('GITLAB_TOKEN', 'production')])).toEqual([]);
  });

  test('is accepted for unprotected review apps in an environment beside theirs', () => {
    const review = pipelineModel([REVIEW]);
    const project = { project: 'example-group/site', unseen: [], variables: [...credential('review/*', { protected: false }), variable('GITLAB_TOKEN', 'review/rotation')] };

    expect(findingsOf({ ...review, jobs: [...review.jobs, rotation('review/rotation')] }, project)).toEqual([]);
  });

  test('fails when it is missing', () => {
    expect(lines([...good, variable('GITLAB_TOKEN', 'staging')])).toEqual([
      'failure: variable GITLAB_TOKEN for environment "production": it is missing, expected a project or group access token with the role Maintainer and the scope api; '
      + 'create one in GitLab, and store it masked, protected and with the environment scope "production"',
    ]);
  });

  test('fails when it is not masked and every job gets it', () => {
    expect(lines([...good, variable('GITLAB_TOKEN', '*', { masked: false })]).map((line) => line.replace(/, expected.*/, ''))).toEqual([
      'failure: variable GITLAB_TOKEN of project "example-group/site" for every environment: it is not masked',
      'failure: variable GITLAB_TOKEN of project "example-group/site" for every environment: '
      + '"build", "container" and "synth" get the credential, too',
    ]);
  });
});

test('it escapes names from GitLab', () => {
  expect(found([variable('IMAGE', '*', { owner: 'project "a\\u001b"' })], { targets: [] })[0]).not.toContain('\u001b');
});
