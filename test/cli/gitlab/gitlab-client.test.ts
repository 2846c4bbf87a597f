import { inspect } from 'node:util';
import { Gitlab as Client, NewVariable, OwnerId } from '../../../src/cli/gitlab/gitlab';
import { gitlabClient, GitlabClientOptions } from '../../../src/cli/gitlab/gitlab-client';
import { tooManyRequests } from '../../gitlab/faults';
import { Gitlab, GitlabOptions } from '../../gitlab/gitlab-server';
import { FakeClock } from '../../support/fake-clock';
import { httpServer } from '../../support/loopback';
import { ManualClock } from '../../support/manual-clock';
import { until } from '../../support/until';
import { TestAuthority } from '../../support/x509';

const TOKEN = 'glpat-hunter2-secret';
const VALUE = 'hunter2-value';
const SITE: OwnerId = { kind: 'project', id: 42 };
const GROUP: OwnerId = { kind: 'group', id: 7 };
const NEW: NewVariable = { key: 'KUBECONFIG', environmentScope: 'production', type: 'file', value: `{"${VALUE}":1}`, protected: true };

let server: Gitlab;
let clients: Client[];

async function start(options: GitlabOptions = {}): Promise<Client> {
  server = await Gitlab.start(options);
  const group = server.addGroup(7, 'example-group');
  server.addProject(42, 'example-group/site', group);
  server.addToken(TOKEN, { 'example-group': 'owner' });
  clients = [];
  return client();
}

function client(options: Partial<GitlabClientOptions> = {}): Client {
  const { signal } = new AbortController();
  const made = gitlabClient({
    url: server.url, token: TOKEN, transport: {}, variables: {}, clock: new FakeClock(), signal, budget: { total: 60_000 }, ...options,
  });
  clients.push(made);
  return made;
}

afterEach(async () => {
  for (const made of clients) made.close();
  await server.stop();
});

/** The error of a request. It must not contain the secrets. */
async function failureOf(asked: Promise<unknown>): Promise<Error & { readonly exitCode?: number }> {
  const error = await asked.then(() => new Error('the request succeeded'), (problem: Error) => problem);
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/hunter2/);
  return error;
}

describe('the client', () => {
  test('reads the release, the token, a project and a group', async () => {
    const gitlab = await start();

    expect(await gitlab.release()).toBe('18.5.1-ee');
    expect(await gitlab.token()).toEqual({ name: 'administrator', scopes: ['api'], active: true, expiresAt: '2027-06-30' });
    expect(await gitlab.owner('project', 'example-group/site')).toEqual({ kind: 'project', id: 42, path: 'example-group/site', groupId: 7 });
    expect(await gitlab.owner('project', '42')).toEqual({ kind: 'project', id: 42, path: 'example-group/site', groupId: 7 });
    expect(await gitlab.owner('group', '7')).toEqual({ kind: 'group', id: 7, path: 'example-group' });
  });

  test('reads the release of GitLab 15.0, which knows nothing about the token', async () => {
    const gitlab = await start({ version: '15.0.0' });

    expect(await gitlab.release()).toBe('15.0.0');
    expect(await gitlab.token()).toBeUndefined();
  });

  test('returns no release when the token may not read it', async () => {
    await start();
    server.addToken('registry', {}, { scopes: ['read_registry'] });

    expect(await client({ token: 'registry' }).release()).toBeUndefined();
  });

  test('reads the variables of every page, without their values', async () => {
    const gitlab = await start();
    for (let index = 0; index < 205; index++) {
      server.project(42).variables.push({
        key: `K${index}`, value: VALUE, variable_type: 'env_var', protected: false, masked: true, hidden: false, raw: true, environment_scope: '*', description: null,
      });
    }
    const variables = await gitlab.variables(SITE);

    expect(variables.map(({ key }) => key)).toEqual(server.project(42).variables.map(({ key }) => key));
    expect(variables[0]).toEqual({ key: 'K0', environmentScope: '*', type: 'env_var', protected: false, masked: true, hidden: false });
    expect(server.requests).toHaveLength(3);
  });
});

describe('a variable', () => {
  test.each([SITE, GROUP])('is created, updated and deleted: %j', async (owner) => {
    const gitlab = await start();
    const stored = { key: 'KUBECONFIG', environment_scope: 'production', variable_type: 'file', protected: true, masked: true, hidden: true, raw: true };
    const variables = () => (owner.kind === 'project' ? server.project(42) : server.group(7)).variables;

    expect(await gitlab.create(owner, NEW)).toEqual({ key: 'KUBECONFIG', environmentScope: 'production', type: 'file', protected: true, masked: true, hidden: true });
    expect(variables()).toMatchObject([{ ...stored, value: NEW.value }]);
    await gitlab.update(owner, { ...NEW, value: 'another-value' });
    expect(variables()).toMatchObject([{ ...stored, value: 'another-value' }]);
    expect(await gitlab.delete(owner, NEW)).toBe(true);
    expect(variables()).toEqual([]);
    expect(await gitlab.delete(owner, NEW)).toBe(false);
  });

  test('of another scope stays unchanged', async () => {
    const gitlab = await start();
    for (const environmentScope of ['staging', '*', 'review/*', 'a b']) await gitlab.create(SITE, { ...NEW, environmentScope });
    await gitlab.create(SITE, NEW);
    await gitlab.update(SITE, { ...NEW, environmentScope: 'review/*', value: 'another-value' });
    await gitlab.delete(SITE, { ...NEW, environmentScope: '*' });
    await gitlab.delete(SITE, { ...NEW, environmentScope: 'a b' });

    expect(server.project(42).variables.map((variable) => [variable.environment_scope, variable.value]))
      .toEqual([['staging', NEW.value], ['review/*', 'another-value'], ['production', NEW.value]]);
  });

  test('has its value only in the body of a request, never in a URL', async () => {
    const gitlab = await start();
    await gitlab.create(SITE, NEW);
    await gitlab.update(SITE, NEW);

    expect(server.requests.map(({ method, path, hasBody }) => [method, path, hasBody])).toEqual([
      ['POST', '/api/v4/projects/42/variables', true],
      ['PUT', '/api/v4/projects/42/variables/KUBECONFIG?filter%5Benvironment_scope%5D=production', true],
    ]);
  });
});

describe('an error of GitLab has its own message and a hint', () => {
  test.each<[string, (gitlab: Client) => Promise<unknown>, number, string]>([
    ['an unknown token', () => client({ token: 'hunter2-stranger' }).variables(SITE), 3,
      'read the variables of project 42: GitLab says 401: "401 Unauthorized"; the token is unknown there, has expired or was revoked'],
    ['a token that has expired', () => client({ token: 'hunter2-expired' }).variables(SITE), 3,
      'read the variables of project 42: GitLab says 401: "Token is expired. You can either do re-authorization or token refresh."; '
      + 'the token is unknown there, has expired or was revoked'],
    ['a read-only token', () => client({ token: 'reader' }).create(SITE, NEW), 3,
      'create the variable KUBECONFIG of project 42: GitLab says 403: "The request requires higher privileges than provided by the access token."; '
      + 'the token needs the scope api'],
    ['the token of a developer', () => client({ token: 'developer' }).create(SITE, NEW), 3,
      'create the variable KUBECONFIG of project 42: GitLab says 403: "403 Forbidden"; the token needs the role Maintainer in the project'],
    ['the token of a maintainer of the group', () => client({ token: 'maintainer' }).update(GROUP, NEW), 3,
      'update the variable KUBECONFIG of group 7: GitLab says 403: "403 Forbidden"; the token needs the role Owner in the group'],
    ['a missing project', (gitlab) => gitlab.owner('project', 'example-group/none'), 1,
      'look for project example-group/none: GitLab says 404: "404 Project Not Found"; it does not exist, or the token may not see it'],
    ['a value that cannot be masked', (gitlab) => gitlab.create(SITE, { ...NEW, value: 'a b' }), 1,
      'create the variable KUBECONFIG of project 42: GitLab says 400: "value is invalid"'],
    ['an existing key', async (gitlab) => {
      await gitlab.create(SITE, NEW);
      await gitlab.create(SITE, NEW);
    }, 1, 'create the variable KUBECONFIG of project 42: GitLab says 400: "key (KUBECONFIG) has already been taken"'],
  ])('for %s', async (_, ask, exitCode, message) => {
    const gitlab = await start();
    server.addToken('hunter2-expired', {}, { state: 'expired' });
    server.addToken('reader', { 'example-group': 'owner' }, { scopes: ['read_api'] });
    server.addToken('developer', { 'example-group': 'developer' });
    server.addToken('maintainer', { 'example-group': 'maintainer' });

    const failure = await failureOf(ask(gitlab));

    expect(failure).toMatchObject({ name: 'GitlabError', exitCode });
    expect(failure.message).toBe(message);
  });

  test('shows the limit of variables', async () => {
    const gitlab = await start({ limit: 0 });

    expect((await failureOf(gitlab.create(SITE, NEW))).message).toContain('GitLab says 400: "Maximum number of project ci variables (0) exceeded"');
  });
});

describe('a temporary error', () => {
  test.each([
    ['429', tooManyRequests(1)],
    ['502 of a load balancer', { status: 502, body: '<html>502</html>' }],
    ['a closed connection', 'cut before'],
    ['a lost answer', 'cut after'],
  ] as const)('is retried: %s', async (_, fault) => {
    const gitlab = await start();
    server.fail({ times: 2 }, fault);

    expect(await gitlab.variables(SITE)).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  test('of an update and of a deletion is retried', async () => {
    const gitlab = await start();
    await gitlab.create(SITE, NEW);
    server.fail({ method: 'PUT' }, { status: 503 });
    server.fail({ method: 'DELETE' }, 'cut after');

    expect(await gitlab.update(SITE, NEW)).toMatchObject({ hidden: true });
    expect(await gitlab.delete(SITE, NEW)).toBe(false);
    expect(server.project(42).variables).toEqual([]);
  });

  test.each<[string, Parameters<Gitlab['fail']>[1], RegExp]>([
    ['429 with a long Retry-After', tooManyRequests(3600), /^read the variables of project 42: GitLab says 429: "Retry later"$/],
    ['503', { status: 503, body: '<html>' }, /^read the variables of project 42: GitLab says 503: "a web page" \(tried \d+ times in /],
  ])('ends the call when the budget is used up: %s', async (_, fault, message) => {
    await start();
    server.fail({ times: 1000 }, fault);

    expect(await failureOf(client().variables(SITE))).toMatchObject({ name: 'Unreachable', exitCode: 4, message: expect.stringMatching(message) });
  });

  test('ends the call when the budget is used up: no answer', async () => {
    await start();
    server.fail({ times: 1000 }, 'hang');
    const clock = new ManualClock();
    const failure = failureOf(client({ clock }).variables(SITE));
    await until(() => server.requests.length === 1);
    clock.pass(30_000);
    await until(() => clock.sleeping === 1);
    clock.pass(250);
    await until(() => server.requests.length === 2);
    clock.pass(30_000);

    expect(await failure).toMatchObject({ name: 'Unreachable', exitCode: 4 });
    expect((await failure).message).toMatch(/^read the variables of project 42: request to http:\/\/127\.0\.0\.1:\d+ failed after 2 tries in 60 s: no answer within 30 s\. Is the server overloaded\?$/);
  });
});

describe('a server that is not GitLab', () => {
  test.each<[string, Parameters<Gitlab['fail']>[1], RegExp]>([
    ['a web page', { status: 200, body: '<html>' }, /: the answer of http:\/\/127\.0\.0\.1:\d+ is not one of GitLab\. Is it the address of GitLab\?$/],
    ['other JSON', { status: 200, body: { items: [] } }, /is not one of GitLab/],
    ['a redirect to a login page', { status: 302, headers: { location: `https://login.example.com/?token=${TOKEN}` } },
      /GitLab says 302: "nothing"; it redirects to https:\/\/login\.example\.com\/: use that address$/],
    ['a response that repeats the request, whose secrets are removed', { status: 400, body: { message: `no ${TOKEN} with ${NEW.value}\u001b[2J` } },
      /GitLab says 400: "no \[MASKED\] with \[MASKED\]\\u001b\[2J"$/],
  ])('is reported: %s', async (_, answer, message) => {
    const gitlab = await start();
    server.fail({}, answer);

    expect((await failureOf(gitlab.create(SITE, NEW))).message).toMatch(message);
  });

  test('is rejected when its certificate is not trusted', async () => {
    const authority = new TestAuthority();
    await start({ tls: authority.issue() });

    expect(await failureOf(client().variables(SITE))).toMatchObject({ name: 'Unreachable', exitCode: 4, message: expect.stringContaining('its TLS certificate is not trusted') });
    expect(await client({ transport: { certificateAuthority: authority.certificate } }).variables(SITE)).toEqual([]);
  });
});

test('util.inspect of the client does not show the token', async () => {
  expect(inspect(await start(), { depth: 10, showHidden: true })).not.toContain('hunter2');
});

test('an aborted signal ends a call with its reason', async () => {
  await start();
  const abort = new AbortController();
  server.fail({}, 'hang');
  const asked = client({ signal: abort.signal }).variables(SITE);
  const reason = new Error('ended by SIGINT');
  await until(() => server.requests.length === 1);
  abort.abort(reason);

  await expect(asked).rejects.toBe(reason);
});

test('an endless answer is not read to its end', async () => {
  const endless = await httpServer((_, response) => {
    const chunk = Buffer.alloc(65_536, ' ');
    const write = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.writeHead(200).on('drain', write);
    write();
  });
  server = await Gitlab.start();
  clients = [];
  const error = await failureOf(client({ url: `http://127.0.0.1:${endless.port}` }).variables(SITE));
  expect(error.message).toContain('its answer is larger than 16 MiB');
});
