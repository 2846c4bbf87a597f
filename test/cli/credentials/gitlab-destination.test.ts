import { VariableSettings } from '../../../src/cli/credentials/credential-variables';
import { GitlabDestination } from '../../../src/cli/credentials/gitlab-destination';
import { OwnerName } from '../../../src/cli/gitlab/connection-options';
import { Gitlab as Client } from '../../../src/cli/gitlab/gitlab';
import { gitlabClient } from '../../../src/cli/gitlab/gitlab-client';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { Gitlab, GitlabOptions } from '../../gitlab/gitlab-server';
import { Role } from '../../gitlab/owner';
import { Variable } from '../../gitlab/variable';
import { FakeClock } from '../../support/fake-clock';
import { CA_DATA, CA_PEM, SERVER, TOKEN } from '../../support/kubeconfigs';

const GITLAB_TOKEN = 'glpat-hunter2-secret';
const SITE: OwnerName = { kind: 'project', name: 'example-group/sub/site' };
const GROUP: OwnerName = { kind: 'group', name: 'example-group/sub' };

function kubeconfigOf(token = TOKEN, certificateAuthorityData = CA_DATA): Kubeconfig {
  return new Kubeconfig({ server: SERVER, certificateAuthorityData, namespace: 'example', token });
}

let server: Gitlab;
let clients: Client[] = [];
let steps: string[];
let outputs: string[];

interface World extends GitlabOptions {
  readonly role?: Role;
  readonly scopes?: string[];
}

async function start({ role = 'owner', scopes = ['api'], ...options }: World = {}): Promise<void> {
  server = await Gitlab.start(options);
  const top = server.addGroup(7, 'example-group');
  const sub = server.addGroup(8, 'example-group/sub', top);
  server.addProject(42, 'example-group/sub/site', sub);
  server.addProject(43, 'somebody/site');
  server.addToken(GITLAB_TOKEN, { 'example-group': role, 'somebody/site': 'maintainer' }, { scopes });
  [clients, steps, outputs] = [[], [], []];
}

function destination(settings: Partial<VariableSettings> = {}, owner = SITE): GitlabDestination {
  const { signal } = new AbortController();
  const client = gitlabClient({
    url: server.url, token: GITLAB_TOKEN, transport: {}, variables: {}, clock: new FakeClock(), signal, budget: { total: 60_000 },
  });
  clients.push(client);
  return new GitlabDestination(client, owner, {
    key: 'KUBECONFIG', tokenKey: 'KUBECONFIG_TOKEN', type: 'file', environmentScope: 'production', protected: true, ...settings,
  });
}

const note = (step: string) => void steps.push(step);

async function failureOf(asked: Promise<unknown>): Promise<Error & { readonly exitCode?: number }> {
  const error = await asked.then(() => new Error('it went well'), (problem: Error) => problem);
  outputs.push(`${error.message} ${error.stack} ${JSON.stringify(error)}`);
  return error;
}

function stored(): Array<Partial<Variable>> {
  return server.project(42).variables;
}

function existing(key: string, scope: string, more: Partial<Variable> = {}): Variable {
  return {
    key, value: 'earlier-value', variable_type: 'file', protected: true, masked: true, hidden: false, raw: true, environment_scope: scope, description: null, ...more,
  };
}

afterEach(async () => {
  for (const client of clients) client.close();
  await server.stop();
  const written = [...outputs, ...steps, JSON.stringify(server.requests)].join('\n');
  expect([GITLAB_TOKEN, TOKEN, kubeconfigOf().toJson(), kubeconfigOf().toBase64()].filter((secret) => written.includes(secret))).toEqual([]);
});

describe('storing a credential', () => {
  test('creates two variables: first the token alone, then the kubeconfig', async () => {
    await start();
    const written = await destination().store(kubeconfigOf(), note);

    const common = { environment_scope: 'production', protected: true, masked: true, hidden: true, raw: true, description: null };
    expect(stored()).toEqual([
      { ...common, key: 'KUBECONFIG_TOKEN', value: TOKEN, variable_type: 'env_var' },
      { ...common, key: 'KUBECONFIG', value: kubeconfigOf().toJson(), variable_type: 'file' },
    ]);
    expect(steps).toEqual([
      'variable KUBECONFIG_TOKEN: created, type env_var, masked and hidden, protected', 'variable KUBECONFIG: created, type file, masked and hidden, protected',
    ]);
    expect(written).toMatchObject([{ key: 'KUBECONFIG_TOKEN', created: true, hidden: true }, { key: 'KUBECONFIG', created: true, hidden: true }]);
  });

  test('creates base64 variables with another key and without protection, as the settings say', async () => {
    await start();
    await destination({ key: 'KUBE', tokenKey: 'KUBE_TOKEN', type: 'env_var', protected: false }).store(kubeconfigOf(), note);

    expect(stored()).toMatchObject([
      { key: 'KUBE_TOKEN', protected: false }, { key: 'KUBE', value: kubeconfigOf().toBase64(), variable_type: 'env_var', protected: false },
    ]);
    expect(steps[1]).toBe('variable KUBE: created, type env_var, masked and hidden, not protected');
  });

  test('keeps the credentials of several environments apart', async () => {
    await start();
    const scopes = ['staging', 'production', 'review/*', '*'];
    for (const scope of scopes) await destination({ environmentScope: scope }).store(kubeconfigOf(`token-of-${scope}`), note);
    await destination({ environmentScope: 'staging' }).store(kubeconfigOf('second-of-staging'), note);

    expect(stored().filter(({ key }) => key === 'KUBECONFIG_TOKEN').map((variable) => [variable.environment_scope, variable.value])).toEqual([
      ['staging', 'second-of-staging'], ['production', 'token-of-production'], ['review/*', 'token-of-review/*'], ['*', 'token-of-*'],
    ]);
    expect(stored()).toHaveLength(8);
  });

  test('keeps a hidden variable hidden in an update', async () => {
    await start();
    await destination().store(kubeconfigOf(), note);
    await destination().store(kubeconfigOf('another-token'), note);

    expect(stored()).toMatchObject([
      { key: 'KUBECONFIG_TOKEN', value: 'another-token', hidden: true, masked: true },
      { key: 'KUBECONFIG', value: kubeconfigOf('another-token').toJson(), hidden: true, masked: true },
    ]);
    expect(steps.slice(2)).toEqual([
      'variable KUBECONFIG_TOKEN: updated, type env_var, masked and hidden, protected', 'variable KUBECONFIG: updated, type file, masked and hidden, protected',
    ]);
  });

  test('corrects every setting of a variable that was created by hand, but GitLab does not hide it', async () => {
    await start();
    server.project(42).variables = [existing('KUBECONFIG', 'production', { variable_type: 'env_var', masked: false, raw: false, protected: false, description: 'by hand' })];
    await destination().store(kubeconfigOf(), note);

    expect(stored()[0]).toMatchObject({ variable_type: 'file', masked: true, hidden: false, raw: true, protected: true, description: 'by hand' });
    expect(steps[1]).toBe('variable KUBECONFIG: updated, type file, masked, protected');
  });

  test('masks without hiding before GitLab 17.4', async () => {
    await start({ version: '17.3.0' });
    await destination().store(kubeconfigOf(), note);

    expect(stored()).toMatchObject([{ masked: true, hidden: false }, { masked: true, hidden: false }]);
    expect(steps[1]).toBe('variable KUBECONFIG: created, type file, masked, protected');
  });

  test('writes the variables of a group, and keeps those of other environments', async () => {
    await start();
    server.group(8).variables = [existing('KUBECONFIG', 'staging')];
    await destination({}, GROUP).store(kubeconfigOf(), note);
    await destination({}, GROUP).store(kubeconfigOf('another-token'), note);

    expect(server.group(8).variables.map((variable) => [variable.key, variable.environment_scope, variable.value])).toEqual([
      ['KUBECONFIG', 'staging', 'earlier-value'],
      ['KUBECONFIG_TOKEN', 'production', 'another-token'],
      ['KUBECONFIG', 'production', kubeconfigOf('another-token').toJson()],
    ]);
  });

  test.each([{ kind: 'project', name: '42' }, SITE] as const)('finds the project %j', async (owner) => {
    await start();
    const one = destination({}, owner);
    await one.store(kubeconfigOf(), note);

    expect(stored()).toHaveLength(2);
    const host = server.url.replace('http://', '');
    expect(one.description).toBe(`variable KUBECONFIG of project example-group/sub/site on ${host} for environment production`);
    expect(await one.identity()).toBe(`${host}/projects/42/variables/KUBECONFIG?environment_scope=production`);
  });
});

describe('storing a credential after a failure', () => {
  test.each([1, 2])('updates the variable when the answer to creation %d is lost', async (nth) => {
    await start();
    server.fail({ method: 'POST', nth }, 'cut after');
    await destination().store(kubeconfigOf(), note);

    expect(stored()).toMatchObject([{ key: 'KUBECONFIG_TOKEN', value: TOKEN, hidden: true }, { key: 'KUBECONFIG', value: kubeconfigOf().toJson(), hidden: true }]);
    expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7].flatMap((served) => [[served, 'the last answer arrives'], [served, 'the last answer is lost']] as const))(
    'completes in a second run after %d requests (%s)', async (served, last) => {
      await start();
      if (last === 'the last answer is lost') server.fail({ nth: served }, 'cut after');
      server.fail({ nth: served + 1, times: 1000 }, { status: 418, body: { message: 'the end' } });
      const failure = await failureOf(destination().store(kubeconfigOf(), note));
      const left = stored().map(({ key }) => key);
      server.heal();
      await destination().store(kubeconfigOf('another-token'), note);

      expect(failure.message).toMatch(served < 7 || last === 'the last answer is lost' ? /the end/ : /it went well/);
      expect(left).not.toEqual(['KUBECONFIG']);
      expect(stored().map(({ key, value }) => [key, value])).toEqual([
        ['KUBECONFIG_TOKEN', 'another-token'], ['KUBECONFIG', kubeconfigOf('another-token').toJson()],
      ]);
    });

  test('removes the first variable when GitLab rejects the second', async () => {
    await start();
    server.fail({ method: 'POST', nth: 2 }, { status: 403, body: { message: '403 Forbidden' } });

    expect(await failureOf(destination().store(kubeconfigOf(), note))).toMatchObject({ name: 'GitlabError', exitCode: 3 });
    expect(stored()).toEqual([]);
    expect(steps[1]).toBe('variable KUBECONFIG_TOKEN: removed again');
  });

  test('reports when the first variable could not be removed', async () => {
    await start();
    server.fail({ method: 'POST', nth: 2 }, { status: 403, body: { message: '403 Forbidden' } });
    server.fail({ method: 'DELETE' }, { status: 400, body: { message: 'not now' } });

    expect((await failureOf(destination().store(kubeconfigOf(), note))).message).toContain('"403 Forbidden"');
    expect(steps[1]).toMatch(/^variable KUBECONFIG_TOKEN: not removed, since the removal failed \(delete the variable .*"not now"\)$/);
  });

  test('keeps a first variable that existed before', async () => {
    await start();
    server.project(42).variables = [existing('KUBECONFIG_TOKEN', 'production', { variable_type: 'env_var' })];
    server.fail({ method: 'POST' }, { status: 403, body: { message: '403 Forbidden' } });
    await failureOf(destination().store(kubeconfigOf(), note));

    expect(stored()).toMatchObject([{ key: 'KUBECONFIG_TOKEN', value: TOKEN }]);
    expect(steps).toEqual(['variable KUBECONFIG_TOKEN: updated, type env_var, masked, protected']);
  });

  test('suggests base64 when GitLab does not mask JSON', async () => {
    await start({ version: '15.8.0' });
    const failure = await failureOf(destination().store(kubeconfigOf(), note));

    expect(failure.message).toBe('create the variable KUBECONFIG of project 42: GitLab says 400: "value is invalid"; '
      + 'it does not mask JSON: use --variable-type env_var, which stores base64 that the job decodes into a file');
    expect(stored()).toEqual([]);
    await destination({ type: 'env_var' }).store(kubeconfigOf(), note);
    expect(stored()).toHaveLength(2);
  });

  test('removes a variable that GitLab does not mask', async () => {
    await start();
    server.fail({ method: 'POST' }, { status: 201, body: { key: 'KUBECONFIG_TOKEN', environment_scope: 'production', masked: false } });

    expect(await failureOf(destination().store(kubeconfigOf(), note)))
      .toMatchObject({ exitCode: 1, message: 'KUBECONFIG_TOKEN: GitLab stored the variable, but does not mask it' });
    expect(server.requests.map(({ method }) => method)).toContain('DELETE');
  });

  test('stores nothing in a group whose GitLab ignores environments', async () => {
    await start({ premium: false });
    const failure = await failureOf(destination({}, GROUP).store(kubeconfigOf(), note));

    expect(failure).toMatchObject({ exitCode: 1, message: expect.stringContaining('only Premium supports environments for variables of a group') });
    expect(server.group(8).variables).toEqual([]);
    server.group(8).variables = [existing('KUBECONFIG_TOKEN', '*')];
    expect((await failureOf(destination({}, GROUP).store(kubeconfigOf(), note))).message).toContain('nothing is stored');
    expect(server.group(8).variables).toEqual([existing('KUBECONFIG_TOKEN', '*')]);
    await destination({ environmentScope: '*' }, GROUP).store(kubeconfigOf(), note);
    expect(server.group(8).variables).toHaveLength(2);
  });

  test.each<[string, () => Kubeconfig, Partial<VariableSettings>, RegExp]>([
    ['without a token', () => new Kubeconfig({ server: SERVER, namespace: 'example', tokenFile: '/run/token' }), {}, /^kubeconfig: it names a token file of the job instead of a token/],
    ['with a token too short for masking', () => kubeconfigOf('abc'), {}, /^KUBECONFIG_TOKEN: GitLab would not mask it: it has fewer than 8 characters/],
    ['too long for a job', () => kubeconfigOf(TOKEN, Buffer.from(CA_PEM.repeat(160)).toString('base64')), { type: 'env_var' },
      /^KUBECONFIG: it does not fit into an environment variable/],
  ])('rejects a credential %s before the first request', async (_, kubeconfig, settings, message) => {
    await start();

    expect(await failureOf(destination(settings).store(kubeconfig(), note))).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect(server.requests).toEqual([]);
  });
});

describe('the check before storing', () => {
  const check = async (settings: Partial<VariableSettings> = {}, owner = SITE) => {
    const report = await destination(settings, owner).check();
    outputs.push(JSON.stringify(report));
    return report;
  };

  test('lists the planned changes', async () => {
    await start({ role: 'maintainer' });
    const report = await check();

    expect(report).toMatchObject({
      hasCredential: false,
      plan: [
        'create variable KUBECONFIG_TOKEN: type env_var, masked and hidden, protected', 'create variable KUBECONFIG: type file, masked and hidden, protected',
      ],
      notes: [
        'it replaces the KUBECONFIG that a GitLab agent gives to jobs',
        'cannot read the variables of group "example-group/sub": this needs the role Owner in the group',
        'cannot read the variables of group "example-group": this needs the role Owner in the group',
      ],
      warnings: [],
    });
    expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('reports existing variables of the same key', async () => {
    await start();
    server.project(42).variables = [existing('KUBECONFIG', 'production', { hidden: true }), existing('KUBECONFIG_TOKEN', 'production'), existing('KUBECONFIG', '*')];
    server.group(7).variables = [existing('KUBECONFIG', '*'), existing('OTHER', '*')];
    const report = await check();

    expect(report.plan).toEqual(['update variable KUBECONFIG_TOKEN: type env_var, masked, protected', 'update variable KUBECONFIG: type file, masked and hidden, protected']);
    expect(report.hasCredential).toBe(true);
    expect(report.variables[1]?.existing).toEqual({ key: 'KUBECONFIG', environmentScope: 'production', type: 'file', protected: true, masked: true, hidden: true });
    expect(report.warnings).toEqual([
      'KUBECONFIG also exists for environment "*": jobs of "production" get the new variable, jobs of other matching environments get that one',
      'GitLab hides only new variables: it will not hide KUBECONFIG_TOKEN, unless you remove it first',
    ]);
    expect(report.notes.slice(1)).toEqual([
      'group "example-group" has KUBECONFIG for environment "*": the variable of the project takes precedence, other jobs get that of the group',
    ]);
  });

  test('warns about a credential for more than one environment', async () => {
    await start();

    expect((await check({ environmentScope: '*', protected: false })).warnings).toEqual([
      'environment "*": every job gets the credential, even a job without an environment',
      'not protected: jobs of every branch get the credential, so everyone with the right to push gets it',
    ]);
    const inGroup = await check({}, GROUP);
    expect(inGroup.warnings).toEqual([
      'every project in the group gets the credential, even a project that is added later',
      'only GitLab Premium supports environments for variables of a group: without Premium, nothing will be stored',
    ]);
    server.group(8).variables = [existing('OTHER', 'staging')];
    expect((await check({}, GROUP)).warnings).toEqual(['every project in the group gets the credential, even a project that is added later']);
    expect(inGroup.notes[0]).toBe('a project\'s variable KUBECONFIG takes precedence over that of its group');
  });

  test('plans no hidden variable for an older GitLab', async () => {
    await start({ version: '17.3.0' });

    expect((await check()).plan[1]).toBe('create variable KUBECONFIG: type file, masked, protected');
  });

  test('has no notes on groups for a project of a user', async () => {
    await start();

    expect((await check({ key: 'KUBE', tokenKey: 'KUBE_TOKEN' }, { kind: 'project', name: 'somebody/site' })).notes).toEqual([]);
  });

  test('works without the token information that an old GitLab lacks', async () => {
    await start({ version: '15.1.0' });

    expect(await check({ type: 'env_var' })).toMatchObject({ plan: expect.anything(), warnings: [] });
    expect(await failureOf(check())).toMatchObject({ name: 'UserError', message: expect.stringMatching(/^--variable-type: GitLab "15\.1\.0" .*env_var/) });
  });

  test.each<[string, World, OwnerName, number, RegExp]>([
    ['a token without the scope api', { scopes: ['read_api'] }, SITE, 3,
      /^the GitLab token "administrator" has the scopes "read_api", but needs the scope api to write variables$/],
    ['a developer', { role: 'developer' }, SITE, 3, /read the variables of project 42: GitLab says 403: "403 Forbidden"; the token needs the role Maintainer/],
    ['a maintainer of the group', { role: 'maintainer' }, GROUP, 3, /read the variables of group 8: GitLab says 403.*the token needs the role Owner in the group/],
    ['a missing project', {}, { kind: 'project', name: 'example-group/none' }, 1, /look for project example-group\/none: GitLab says 404/],
  ])('fails for %s', async (_, world, owner, exitCode, message) => {
    await start(world);

    expect(await failureOf(check({}, owner))).toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });

  test('fails for a group of an old GitLab that has the same key for another environment', async () => {
    await start({ version: '16.8.0-ee' });
    server.group(8).variables = [existing('KUBECONFIG', 'staging')];

    expect(await failureOf(check({}, GROUP))).toMatchObject({ name: 'UserError', message: expect.stringMatching(/cannot tell the two apart/) });
    expect(await failureOf(destination({}, GROUP).store(kubeconfigOf(), note))).toMatchObject({ name: 'UserError' });
    expect(server.group(8).variables).toEqual([existing('KUBECONFIG', 'staging')]);
  });
});

describe('removing a credential', () => {
  test('removes the two variables of the environment, and no others', async () => {
    await start();
    await destination({ environmentScope: 'staging' }).store(kubeconfigOf(), note);
    await destination().store(kubeconfigOf(), note);
    steps = [];
    await destination().remove(note);
    await destination().remove(note);

    expect(stored().map((variable) => variable.environment_scope)).toEqual(['staging', 'staging']);
    expect(steps).toEqual([
      'variable KUBECONFIG: removed', 'variable KUBECONFIG_TOKEN: removed', 'variable KUBECONFIG: did not exist', 'variable KUBECONFIG_TOKEN: did not exist',
    ]);
  });
});
