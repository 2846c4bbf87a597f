import { VariableSettings } from '../../../src/cli/credentials/credential-variables';
import { GitlabDestination } from '../../../src/cli/credentials/gitlab-destination';
import { OwnerName } from '../../../src/cli/gitlab/address';
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
let said: string[];
let everything: string[];

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
  [clients, said, everything] = [[], [], []];
}

function destination(settings: Partial<VariableSettings> = {}, owner = SITE): GitlabDestination {
  const { signal } = new AbortController();
  const client = gitlabClient({
    url: server.url, token: GITLAB_TOKEN, trust: {}, variables: {}, clock: new FakeClock(), signal, budget: { total: 60_000 },
  });
  clients.push(client);
  return new GitlabDestination(client, owner, {
    key: 'KUBECONFIG', tokenKey: 'KUBECONFIG_TOKEN', type: 'file', environmentScope: 'production', protected: true, ...settings,
  });
}

const note = (step: string) => void said.push(step);

async function failureOf(asked: Promise<unknown>): Promise<Error & { readonly exitCode?: number }> {
  const error = await asked.then(() => new Error('it went well'), (problem: Error) => problem);
  everything.push(`${error.message} ${error.stack} ${JSON.stringify(error)}`);
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
  const written = [...everything, ...said, JSON.stringify(server.requests)].join('\n');
  expect([GITLAB_TOKEN, TOKEN, kubeconfigOf().toJson(), kubeconfigOf().toBase64()].filter((secret) => written.includes(secret))).toEqual([]);
});

describe('storing a credential', () => {
  test('makes two variables: the token alone first, then the kubeconfig', async () => {
    await start();
    const written = await destination().store(kubeconfigOf(), note);

    const common = { environment_scope: 'production', protected: true, masked: true, hidden: true, raw: true, description: null };
    expect(stored()).toEqual([
      { ...common, key: 'KUBECONFIG_TOKEN', value: TOKEN, variable_type: 'env_var' },
      { ...common, key: 'KUBECONFIG', value: kubeconfigOf().toJson(), variable_type: 'file' },
    ]);
    expect(said).toEqual([
      'variable KUBECONFIG_TOKEN: created, type env_var, masked and hidden, protected', 'variable KUBECONFIG: created, type file, masked and hidden, protected',
    ]);
    expect(written).toMatchObject([{ key: 'KUBECONFIG_TOKEN', created: true, hidden: true }, { key: 'KUBECONFIG', created: true, hidden: true }]);
  });

  test('as base64, under another key, for every branch', async () => {
    await start();
    await destination({ key: 'KUBE', tokenKey: 'KUBE_TOKEN', type: 'env_var', protected: false }).store(kubeconfigOf(), note);

    expect(stored()).toMatchObject([
      { key: 'KUBE_TOKEN', protected: false }, { key: 'KUBE', value: kubeconfigOf().toBase64(), variable_type: 'env_var', protected: false },
    ]);
    expect(said[1]).toBe('variable KUBE: created, type env_var, masked and hidden, not protected');
  });

  test('of several environments keeps them apart', async () => {
    await start();
    const scopes = ['staging', 'production', 'review/*', '*'];
    for (const scope of scopes) await destination({ environmentScope: scope }).store(kubeconfigOf(`token-of-${scope}`), note);
    await destination({ environmentScope: 'staging' }).store(kubeconfigOf('second-of-staging'), note);

    expect(stored().filter(({ key }) => key === 'KUBECONFIG_TOKEN').map((variable) => [variable.environment_scope, variable.value])).toEqual([
      ['staging', 'second-of-staging'], ['production', 'token-of-production'], ['review/*', 'token-of-review/*'], ['*', 'token-of-*'],
    ]);
    expect(stored()).toHaveLength(8);
  });

  test('again keeps hidden what is hidden', async () => {
    await start();
    await destination().store(kubeconfigOf(), note);
    await destination().store(kubeconfigOf('another-token'), note);

    expect(stored()).toMatchObject([
      { key: 'KUBECONFIG_TOKEN', value: 'another-token', hidden: true, masked: true },
      { key: 'KUBECONFIG', value: kubeconfigOf('another-token').toJson(), hidden: true, masked: true },
    ]);
    expect(said.slice(2)).toEqual([
      'variable KUBECONFIG_TOKEN: updated, type env_var, masked and hidden, protected', 'variable KUBECONFIG: updated, type file, masked and hidden, protected',
    ]);
  });

  test('in place of one that was made by hand sets all of it right, but GitLab does not hide it', async () => {
    await start();
    server.project(42).variables = [existing('KUBECONFIG', 'production', { variable_type: 'env_var', masked: false, raw: false, protected: false, description: 'by hand' })];
    await destination().store(kubeconfigOf(), note);

    expect(stored()[0]).toMatchObject({ variable_type: 'file', masked: true, hidden: false, raw: true, protected: true, description: 'by hand' });
    expect(said[1]).toBe('variable KUBECONFIG: updated, type file, masked, protected');
  });

  test('masks but does not hide before 17.4', async () => {
    await start({ version: '17.3.0' });
    await destination().store(kubeconfigOf(), note);

    expect(stored()).toMatchObject([{ masked: true, hidden: false }, { masked: true, hidden: false }]);
    expect(said[1]).toBe('variable KUBECONFIG: created, type file, masked, protected');
  });

  test('in a group', async () => {
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

  test.each([{ kind: 'project', name: '42' }, SITE] as const)('in the project %j', async (owner) => {
    await start();
    const one = destination({}, owner);
    await one.store(kubeconfigOf(), note);

    expect(stored()).toHaveLength(2);
    const host = server.url.replace('http://', '');
    expect(one.description).toBe(`variable KUBECONFIG of project example-group/sub/site on ${host} for environment production`);
    expect(await one.identity()).toBe(`${host}/projects/42/variables/KUBECONFIG?environment_scope=production`);
  });
});

describe('storing a credential when something goes wrong', () => {
  test.each([1, 2])('an answer to creation %d that is lost: what was made is found and used', async (nth) => {
    await start();
    server.fail({ method: 'POST', nth }, 'cut after');
    await destination().store(kubeconfigOf(), note);

    expect(stored()).toMatchObject([{ key: 'KUBECONFIG_TOKEN', value: TOKEN, hidden: true }, { key: 'KUBECONFIG', value: kubeconfigOf().toJson(), hidden: true }]);
    expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7].flatMap((served) => [[served, 'the last answer arrives'], [served, 'the last answer is lost']] as const))(
    'an end after %d requests (%s) leaves what a second run completes', async (served, last) => {
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

  test('a refusal of the second variable takes back the first', async () => {
    await start();
    server.fail({ method: 'POST', nth: 2 }, { status: 403, body: { message: '403 Forbidden' } });

    expect(await failureOf(destination().store(kubeconfigOf(), note))).toMatchObject({ name: 'GitlabError', exitCode: 3 });
    expect(stored()).toEqual([]);
    expect(said[1]).toBe('variable KUBECONFIG_TOKEN: removed again');
  });

  test('or says that it could not', async () => {
    await start();
    server.fail({ method: 'POST', nth: 2 }, { status: 403, body: { message: '403 Forbidden' } });
    server.fail({ method: 'DELETE' }, { status: 400, body: { message: 'not now' } });

    expect((await failureOf(destination().store(kubeconfigOf(), note))).message).toContain('"403 Forbidden"');
    expect(said[1]).toMatch(/^variable KUBECONFIG_TOKEN: left, as it could not be removed again \(delete the variable .*"not now"\)$/);
  });

  test('but not one that was there before', async () => {
    await start();
    server.project(42).variables = [existing('KUBECONFIG_TOKEN', 'production', { variable_type: 'env_var' })];
    server.fail({ method: 'POST' }, { status: 403, body: { message: '403 Forbidden' } });
    await failureOf(destination().store(kubeconfigOf(), note));

    expect(stored()).toMatchObject([{ key: 'KUBECONFIG_TOKEN', value: TOKEN }]);
    expect(said).toEqual(['variable KUBECONFIG_TOKEN: updated, type env_var, masked, protected']);
  });

  test('a GitLab that does not mask JSON says so, and what helps is said', async () => {
    await start({ version: '15.8.0' });
    const failure = await failureOf(destination().store(kubeconfigOf(), note));

    expect(failure.message).toBe('create the variable KUBECONFIG of project 42: GitLab says 400: "value is invalid"; '
      + 'it does not mask JSON: use --variable-type env_var, which stores base64 that the job decodes into a file');
    expect(stored()).toEqual([]);
    await destination({ type: 'env_var' }).store(kubeconfigOf(), note);
    expect(stored()).toHaveLength(2);
  });

  test('a variable that GitLab says it does not mask does not stay', async () => {
    await start();
    server.fail({ method: 'POST' }, { status: 201, body: { key: 'KUBECONFIG_TOKEN', environment_scope: 'production', masked: false } });

    expect(await failureOf(destination().store(kubeconfigOf(), note)))
      .toMatchObject({ exitCode: 1, message: 'KUBECONFIG_TOKEN: GitLab has taken it, but does not mask it' });
    expect(server.requests.map(({ method }) => method)).toContain('DELETE');
  });

  test('a group without Premium keeps no environments: nothing is stored', async () => {
    await start({ premium: false });
    const failure = await failureOf(destination({}, GROUP).store(kubeconfigOf(), note));

    expect(failure).toMatchObject({ exitCode: 1, message: expect.stringContaining('knows no environments of variables of a group') });
    expect(server.group(8).variables).toEqual([]);
    server.group(8).variables = [existing('KUBECONFIG_TOKEN', '*')];
    expect((await failureOf(destination({}, GROUP).store(kubeconfigOf(), note))).message).toContain('nothing is stored');
    expect(server.group(8).variables).toEqual([existing('KUBECONFIG_TOKEN', '*')]);
    await destination({ environmentScope: '*' }, GROUP).store(kubeconfigOf(), note);
    expect(server.group(8).variables).toHaveLength(2);
  });

  test.each<[string, () => Kubeconfig, Partial<VariableSettings>, RegExp]>([
    ['has no token', () => new Kubeconfig({ server: SERVER, namespace: 'example', tokenFile: '/run/token' }), {}, /^kubeconfig: it holds no token/],
    ['is too short to be masked', () => kubeconfigOf('abc'), {}, /^KUBECONFIG_TOKEN: GitLab would not mask it: it has fewer than 8 characters/],
    ['does not fit', () => kubeconfigOf(TOKEN, Buffer.from(CA_PEM.repeat(160)).toString('base64')), { type: 'env_var' },
      /^KUBECONFIG: it does not fit into an environment variable/],
  ])('a credential that %s is refused before anything is sent', async (_, kubeconfig, settings, message) => {
    await start();

    expect(await failureOf(destination(settings).store(kubeconfig(), note))).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect(server.requests).toEqual([]);
  });
});

describe('looking before anything is made', () => {
  const check = async (settings: Partial<VariableSettings> = {}, owner = SITE) => {
    const report = await destination(settings, owner).check();
    everything.push(JSON.stringify(report));
    return report;
  };

  test('says what will be done', async () => {
    await start({ role: 'maintainer' });
    const report = await check();

    expect(report).toMatchObject({
      url: server.url,
      release: '18.5.1-ee',
      token: { name: 'administrator', scopes: ['api'], active: true, expiresAt: '2027-06-30' },
      owner: { kind: 'project', id: 42, path: 'example-group/sub/site' },
      plan: [
        'create variable KUBECONFIG_TOKEN: type env_var, masked and hidden, protected', 'create variable KUBECONFIG: type file, masked and hidden, protected',
      ],
      notes: [
        'it takes the place of the KUBECONFIG that a GitLab agent gives to jobs',
        'could not look at the variables of group "example-group/sub": that takes the role Owner there',
        'could not look at the variables of group "example-group": that takes the role Owner there',
      ],
      warnings: [],
    });
    expect(report.destination).toContain('project example-group/sub/site');
    expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('says what is there', async () => {
    await start();
    server.project(42).variables = [existing('KUBECONFIG', 'production', { hidden: true }), existing('KUBECONFIG_TOKEN', 'production'), existing('KUBECONFIG', '*')];
    server.group(7).variables = [existing('KUBECONFIG', '*'), existing('OTHER', '*')];
    const report = await check();

    expect(report.plan).toEqual(['update variable KUBECONFIG_TOKEN: type env_var, masked, protected', 'update variable KUBECONFIG: type file, masked and hidden, protected']);
    expect(report.variables[1]?.existing).toEqual({ key: 'KUBECONFIG', environmentScope: 'production', type: 'file', protected: true, masked: true, hidden: true });
    expect(report.warnings).toEqual([
      'KUBECONFIG is there for environment "*" too: jobs of "production" get this one, those of others that match get that one',
      'GitLab hides new variables only: KUBECONFIG_TOKEN will not be hidden, unless removed before',
    ]);
    expect(report.notes.slice(1)).toEqual([
      'group "example-group" has KUBECONFIG for environment "*": where both are for a job, that of the project wins; other jobs get that of the group',
    ]);
  });

  test('warns of a credential that reaches further than one environment', async () => {
    await start();

    expect((await check({ environmentScope: '*', protected: false })).warnings).toEqual([
      'environment "*": every job gets the credential, also one without an environment',
      'not protected: jobs of every branch get the credential, so everyone who may push gets it',
    ]);
    const inGroup = await check({}, GROUP);
    expect(inGroup.warnings).toEqual([
      'every project in the group gets the credential, those that come later too',
      'environments of variables of a group are a feature of Premium: without it nothing will be stored',
    ]);
    server.group(8).variables = [existing('OTHER', 'staging')];
    expect((await check({}, GROUP)).warnings).toEqual(['every project in the group gets the credential, those that come later too']);
    expect(inGroup.notes[0]).toBe('a variable KUBECONFIG of a project wins over that of its group');
  });

  test('says of an older GitLab that it will not hide', async () => {
    await start({ version: '17.3.0' });

    expect((await check()).plan[1]).toBe('create variable KUBECONFIG: type file, masked, protected');
  });

  test('has nothing to say of groups around a project of a user', async () => {
    await start();

    expect((await check({ key: 'KUBE', tokenKey: 'KUBE_TOKEN' }, { kind: 'project', name: 'somebody/site' })).notes).toEqual([]);
  });

  test('does without what the oldest GitLab does not say', async () => {
    await start({ version: '15.1.0' });

    expect(await check({ type: 'env_var' })).toMatchObject({ release: '15.1.0', warnings: [] });
    expect(await failureOf(check())).toMatchObject({ name: 'UserError', message: expect.stringMatching(/^--variable-type: GitLab "15\.1\.0" .*env_var/) });
  });

  test.each<[string, World, OwnerName, number, RegExp]>([
    ['a token that only reads', { scopes: ['read_api'] }, SITE, 3,
      /^the GitLab token "administrator" has the scopes "read_api", and cannot write variables without api$/],
    ['a developer', { role: 'developer' }, SITE, 3, /read the variables of project 42: GitLab says 403: "403 Forbidden"; the token needs the role Maintainer/],
    ['a maintainer of the group', { role: 'maintainer' }, GROUP, 3, /read the variables of group 8: GitLab says 403.*the token needs the role Owner in the group/],
    ['a project that is not there', {}, { kind: 'project', name: 'example-group/none' }, 1, /look for project example-group\/none: GitLab says 404/],
  ])('ends at %s', async (_, world, owner, exitCode, message) => {
    await start(world);

    expect(await failureOf(check({}, owner))).toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });

  test('ends at a group of an old GitLab, which takes one variable of a key for another', async () => {
    await start({ version: '16.8.0-ee' });
    server.group(8).variables = [existing('KUBECONFIG', 'staging')];

    expect(await failureOf(check({}, GROUP))).toMatchObject({ name: 'UserError', message: expect.stringMatching(/cannot tell them apart/) });
    expect(await failureOf(destination({}, GROUP).store(kubeconfigOf(), note))).toMatchObject({ name: 'UserError' });
    expect(server.group(8).variables).toEqual([existing('KUBECONFIG', 'staging')]);
  });
});

describe('removing a credential', () => {
  test('removes both variables of this environment, and no others', async () => {
    await start();
    await destination({ environmentScope: 'staging' }).store(kubeconfigOf(), note);
    await destination().store(kubeconfigOf(), note);
    said = [];
    await destination().remove(note);
    await destination().remove(note);

    expect(stored().map((variable) => variable.environment_scope)).toEqual(['staging', 'staging']);
    expect(said).toEqual([
      'variable KUBECONFIG: removed', 'variable KUBECONFIG_TOKEN: removed', 'variable KUBECONFIG: was not there', 'variable KUBECONFIG_TOKEN: was not there',
    ]);
  });
});
