import { request } from 'node:https';
import { tooManyRequests } from './faults';
import { Gitlab, GitlabOptions } from './gitlab-server';
import { describeVectors, printAgreement } from '../support/vectors';
import { TestAuthority } from '../support/x509';

/*
 * What GitLab enforces, and where that was read. `lib`, `app`, `ee`, `spec` and `doc` are folders of gitlab-org/gitlab,
 * as its mirror gitlabhq/gitlabhq has them.
 */

let gitlab: Gitlab;

afterEach(() => gitlab.stop());

async function start(options: GitlabOptions = {}): Promise<void> {
  gitlab = await Gitlab.start(options);
  const group = gitlab.addGroup(7, 'example-group');
  gitlab.addGroup(8, 'example-group/sub', group);
  gitlab.addProject(42, 'example-group/site', group);
  gitlab.addProject(43, 'somebody/public', undefined, true);
  gitlab.addProject(44, 'somebody/secret');
  gitlab.addToken('owner', { 'example-group': 'owner' });
  gitlab.addToken('maintainer', { 'example-group': 'maintainer' });
  gitlab.addToken('developer', { 'example-group/site': 'developer' });
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

async function ask(method: string, path: string, body?: object, token = 'owner'): Promise<Reply> {
  const response = await fetch(`${gitlab.url}/api/v4${path}`, {
    method,
    headers: { 'private-token': token, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: /^[[{]/.test(text) ? JSON.parse(text) : text };
}

const SITE = '/projects/42/variables';
const GROUP = '/groups/7/variables';

describe('who may do what', () => {
  beforeEach(() => start());

  test.each<[string, string, string, number, object]>([
    // lib/api/helpers.rb, unauthorized!
    ['a token that nobody has', 'stranger', SITE, 401, { message: '401 Unauthorized' }],
    // lib/api/helpers.rb, find_project!, find_group!: what may not be seen is not there
    ['a project that may not be seen', 'owner', '/projects/44/variables', 404, { message: '404 Project Not Found' }],
    ['a project that there is not', 'owner', '/projects/99', 404, { message: '404 Project Not Found' }],
    ['a group that there is not', 'owner', '/groups/99', 404, { message: '404 Group Not Found' }],
    // spec/requests/api/ci/variables_spec.rb: a developer is refused
    ['a developer', 'developer', SITE, 403, { message: '403 Forbidden' }],
    // spec/requests/api/group_variables_spec.rb: so is a maintainer of a group
    ['a maintainer of a group', 'maintainer', GROUP, 403, { message: '403 Forbidden' }],
    ['a member of nothing, and a public project', 'owner', '/projects/43/variables', 403, { message: '403 Forbidden' }],
    // Grape's answer to a route that there is not
    ['another route', 'owner', '/projects/42/secrets', 404, { error: '404 Not Found' }],
  ])('%s', async (_, token, path, status, body) => {
    expect(await ask('GET', path, undefined, token)).toMatchObject({ status, body });
  });

  test.each([['maintainer', SITE], ['owner', SITE], ['owner', GROUP], ['owner', '/groups/8/variables']])('%s may read %s', async (token, path) => {
    expect(await ask('GET', path, undefined, token)).toMatchObject({ status: 200, body: [] });
  });

  test.each([['developer', '/projects/42'], ['owner', '/projects/43'], ['maintainer', '/groups/7']])('%s may see %s', async (token, path) => {
    expect((await ask('GET', path, undefined, token)).status).toBe(200);
  });

  test.each([
    // lib/api/api_guard.rb, oauth2_bearer_token_error_handler
    ['expired', { error: 'invalid_token', error_description: 'Token is expired. You can either do re-authorization or token refresh.' }],
    ['revoked', { error: 'invalid_token', error_description: 'Token was revoked. You have to re-authorize from the user.' }],
  ] as const)('a token that is %s', async (state, body) => {
    gitlab.addToken('old', { 'example-group': 'owner' }, { state });

    expect(await ask('GET', SITE, undefined, 'old')).toMatchObject({ status: 401, body });
  });

  test('a token that may only read reads, and is told so when it writes (lib/api/api_guard.rb, InsufficientScopeError)', async () => {
    gitlab.addToken('reader', { 'example-group': 'owner' }, { scopes: ['read_api'] });

    expect((await ask('GET', SITE, undefined, 'reader')).status).toBe(200);
    expect(await ask('POST', SITE, { key: 'A', value: 'b' }, 'reader')).toMatchObject({
      status: 403,
      body: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api read_api',
      },
    });
  });

  test('a token of any scope is told about itself (lib/api/personal_access_tokens/self_information.rb)', async () => {
    gitlab.addToken('registry', {}, { name: 'pull', scopes: ['read_registry'], expiresAt: null });

    expect(await ask('GET', '/personal_access_tokens/self', undefined, 'registry'))
      .toMatchObject({ status: 200, body: { name: 'pull', scopes: ['read_registry'], active: true, revoked: false, expires_at: null } });
    expect((await ask('GET', '/metadata', undefined, 'registry')).status).toBe(403);
  });

  test('a bearer is a token too, the token of a job is none here (doc/ci/jobs/ci_job_token.md)', async () => {
    const status = async (headers: Record<string, string>) => (await fetch(`${gitlab.url}/api/v4${SITE}`, { headers })).status;

    expect(await status({ authorization: 'Bearer owner' })).toBe(200);
    expect(await status({ 'job-token': 'owner' })).toBe(401);
  });
});

describe('projects and groups', () => {
  beforeEach(() => start());

  test('are found by number and by path, whose slashes are encoded (doc/api/rest/_index.md, namespaced paths)', async () => {
    const project = { id: 42, path_with_namespace: 'example-group/site', namespace: { id: 7, kind: 'group', full_path: 'example-group', parent_id: null } };

    expect((await ask('GET', '/projects/42')).body).toMatchObject(project);
    expect((await ask('GET', '/projects/example-group%2Fsite')).body).toMatchObject(project);
    expect((await ask('GET', '/projects/example-group/site')).status).toBe(404);
    expect((await ask('GET', '/groups/example-group%2Fsub')).body).toMatchObject({ id: 8, full_path: 'example-group/sub', parent_id: 7 });
    expect((await ask('GET', '/projects/43')).body).toMatchObject({ namespace: { kind: 'user', full_path: 'somebody' } });
  });
});

describe('a new variable', () => {
  beforeEach(() => start());

  test('has the defaults of doc/api/project_level_variables.md', async () => {
    const variable = {
      key: 'A', value: 'b', variable_type: 'env_var', protected: false, masked: false, hidden: false, raw: false, environment_scope: '*', description: null,
    };

    expect(await ask('POST', SITE, { key: 'A', value: 'b' })).toMatchObject({ status: 201, body: variable });
    expect(gitlab.project(42).variables).toEqual([variable]);
    expect((await ask('GET', `${SITE}/A`)).body).toEqual(variable);
  });

  test.each<[string, object, object]>([
    // Grape's words for parameters
    ['no key', { value: 'b' }, { error: 'key is missing' }],
    ['no value', { key: 'A' }, { error: 'value is missing' }],
    ['another type', { key: 'A', value: 'b', variable_type: 'secret' }, { error: 'variable_type does not have a valid value' }],
    ['a flag that is none', { key: 'A', value: 'b', masked: 'maybe' }, { error: 'masked is invalid' }],
    // app/models/concerns/ci/has_variable.rb
    ['a key with other characters', { key: 'A-B', value: 'b' }, { message: { key: ["can contain only letters, digits and '_'."] } }],
    ['a long key', { key: 'A'.repeat(256), value: 'b' }, { message: { key: ['is too long (maximum is 255 characters)'] } }],
    ['an empty key', { key: ' ', value: 'b' }, { message: { key: ["can't be blank", "can contain only letters, digits and '_'."] } }],
    // app/models/concerns/has_environment_scope.rb, lib/gitlab/regex.rb
    ['an environment with other characters', { key: 'A', value: 'b', environment_scope: 'a,b' },
      { message: { environment_scope: ["can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces"] } }],
    // app/models/ci/group_variable.rb
    ['a long description', { key: 'A', value: 'b', description: 'd'.repeat(256) }, { message: { description: ['is too long (maximum is 255 characters)'] } }],
    // spec/requests/api/group_variables_spec.rb: 'value' => ['is invalid']
    ['a value that is not maskable', { key: 'A', value: 'short', masked: true }, { message: { value: ['is invalid'] } }],
    ['a value that is not maskable, hidden', { key: 'A', value: 'short', masked_and_hidden: true }, { message: { value: ['is invalid'] } }],
  ])('is refused with %s', async (_, given, body) => {
    expect(await ask('POST', SITE, given)).toMatchObject({ status: 400, body });
    expect(gitlab.project(42).variables).toEqual([]);
  });

  test('has a key of its own in its environment (app/models/ci/group_variable.rb, uniqueness)', async () => {
    await ask('POST', SITE, { key: 'A', value: 'b' });

    expect(await ask('POST', SITE, { key: 'A', value: 'c' })).toMatchObject({ status: 400, body: { message: { key: ['(A) has already been taken'] } } });
    expect((await ask('POST', SITE, { key: 'A', value: 'c', environment_scope: 'review/*' })).status).toBe(201);
    expect((await ask('POST', SITE, { key: 'a', value: 'c' })).status).toBe(201);
    expect((await ask('POST', GROUP, { key: 'A', value: 'c' })).status).toBe(201);
  });

  test('may come as a form', async () => {
    const response = await fetch(`${gitlab.url}/api/v4${SITE}`, {
      method: 'POST', headers: { 'private-token': 'owner' }, body: new URLSearchParams({ key: 'A', value: 'helloworld', masked: 'true' }),
    });

    expect(response.status).toBe(201);
    expect(gitlab.project(42).variables).toMatchObject([{ key: 'A', masked: true }]);
  });
});

test('there is a limit to variables (spec/requests/api/ci/variables_spec.rb)', async () => {
  await start({ limit: 1 });
  await ask('POST', SITE, { key: 'A', value: 'b' });

  expect(await ask('POST', SITE, { key: 'B', value: 'b' }))
    .toMatchObject({ status: 400, body: { message: { base: ['Maximum number of project ci variables (1) exceeded'] } } });
});

describe('hidden variables (app/models/concerns/ci/hidable_variable.rb, app/services/ci/change_variable_service.rb)', () => {
  const HIDDEN = { key: 'A', value: 'hello-world', masked_and_hidden: true };

  test('are masked, and never show their value', async () => {
    await start();

    expect(await ask('POST', SITE, HIDDEN)).toMatchObject({ status: 201, body: { masked: true, hidden: true, value: null } });
    expect((await ask('GET', `${SITE}/A`)).body.value).toBeNull();
    expect((await ask('GET', SITE)).body).toMatchObject([{ key: 'A', value: null }]);
    expect(gitlab.project(42).variables).toMatchObject([{ value: 'hello-world' }]);
  });

  test('stay hidden with a new value (spec/requests/api/ci/variables_spec.rb)', async () => {
    await start();
    await ask('POST', SITE, HIDDEN);

    expect(await ask('PUT', `${SITE}/A`, { value: 'other-value', masked: true })).toMatchObject({ status: 200, body: { hidden: true, value: null } });
    expect(gitlab.project(42).variables).toMatchObject([{ value: 'other-value', hidden: true }]);
    expect(await ask('PUT', `${SITE}/A`, { masked: false })).toMatchObject({
      status: 400, body: { message: { base: ['The visibility setting cannot be changed for masked and hidden variables.'] } },
    });
  });

  test('are not made of others: an update knows no masked_and_hidden (doc/api/project_level_variables.md)', async () => {
    await start();
    await ask('POST', SITE, { key: 'A', value: 'hello-world', masked: true });

    expect(await ask('PUT', `${SITE}/A`, { masked_and_hidden: true })).toMatchObject({ status: 200, body: { hidden: false, value: 'hello-world' } });
  });

  test('came with 17.4: before, the attribute is not known', async () => {
    await start({ version: '17.3.5-ee' });
    const { status, body } = await ask('POST', SITE, HIDDEN);

    expect({ status, masked: body.masked }).toEqual({ status: 201, masked: false });
    expect(body).not.toHaveProperty('hidden');
  });
});

describe('an update', () => {
  beforeEach(() => start());

  test('leaves alone what it does not name', async () => {
    await ask('POST', SITE, { key: 'A', value: 'hello-world', masked: true, protected: true, variable_type: 'file', environment_scope: 'staging' });

    expect((await ask('PUT', `${SITE}/A`, { value: 'other-value' })).body)
      .toMatchObject({ value: 'other-value', masked: true, protected: true, variable_type: 'file', environment_scope: 'staging' });
  });

  test('is judged as a new variable is', async () => {
    await ask('POST', SITE, { key: 'A', value: 'hello-world', masked: true });

    expect(await ask('PUT', `${SITE}/A`, { value: 'short' })).toMatchObject({ status: 400, body: { message: { value: ['is invalid'] } } });
    expect(gitlab.project(42).variables).toMatchObject([{ value: 'hello-world' }]);
  });
});

describe('several variables of one key (app/finders/ci/variables_finder.rb, lib/api/helpers/variables_helpers.rb)', () => {
  const both = async (path: string) => {
    for (const scope of ['staging', 'production']) await ask('POST', path, { key: 'A', value: scope, environment_scope: scope });
  };
  const filter = (scope: string) => `?filter[environment_scope]=${encodeURIComponent(scope)}`;

  test.each(['GET', 'PUT', 'DELETE'])('%s of a project asks which one is meant', async (method) => {
    await start();
    await both(SITE);

    expect(await ask(method, `${SITE}/A`, method === 'PUT' ? { value: 'x' } : undefined)).toMatchObject({
      status: 409, body: { message: "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'" },
    });
    expect(gitlab.project(42).variables).toHaveLength(2);
  });

  test('a filter names one, in the query or in the body', async () => {
    await start();
    await both(SITE);

    expect((await ask('GET', `${SITE}/A${filter('staging')}`)).body.value).toBe('staging');
    await ask('PUT', `${SITE}/A${filter('staging')}`, { value: 'x' });
    await ask('PUT', `${SITE}/A`, { value: 'y', filter: { environment_scope: 'production' } });
    expect(gitlab.project(42).variables.map(({ value }) => value)).toEqual(['x', 'y']);
    expect((await ask('DELETE', `${SITE}/A${filter('staging')}`)).status).toBe(204);
    expect(gitlab.project(42).variables).toMatchObject([{ environment_scope: 'production' }]);
  });

  test.each(['GET', 'PUT', 'DELETE'])('%s of a project with a filter that names none finds none', async (method) => {
    await start();
    await both(SITE);

    expect(await ask(method, `${SITE}/A${filter('*')}`, method === 'PUT' ? { value: 'x' } : undefined))
      .toMatchObject({ status: 404, body: { message: '404 Variable Not Found' } });
  });

  test('an update of a group falls back to any variable of the key (lib/api/group_variables.rb)', async () => {
    await start();
    await both(GROUP);

    expect((await ask('GET', `${GROUP}/A`)).status).toBe(409);
    expect((await ask('GET', `${GROUP}/A${filter('*')}`)).body).toEqual({ message: '404 GroupVariable Not Found' });
    expect((await ask('PUT', `${GROUP}/A${filter('production')}`, { value: 'x' })).body.environment_scope).toBe('production');
    expect((await ask('PUT', `${GROUP}/A`, { value: 'y' })).body.environment_scope).toBe('staging');
    expect((await ask('PUT', `${GROUP}/A${filter('*')}`, { value: 'z' })).body.environment_scope).toBe('staging');
  });

  test('groups had no filter before 16.9 (doc/api/group_level_variables.md)', async () => {
    await start({ version: '16.8.0-ee' });
    await both(GROUP);

    expect((await ask('GET', `${GROUP}/A${filter('production')}`)).body.environment_scope).toBe('staging');
  });

  test('without Premium, variables of groups have no environment (ee/lib/ee/api/helpers/variables_helpers.rb)', async () => {
    await start({ premium: false });

    expect(await ask('POST', GROUP, { key: 'A', value: 'b', environment_scope: 'production' })).toMatchObject({ status: 201, body: { environment_scope: '*' } });
    expect((await ask('POST', SITE, { key: 'A', value: 'b', environment_scope: 'production' })).body.environment_scope).toBe('production');
  });
});

describe('pages (lib/gitlab/pagination/offset_header_builder.rb)', () => {
  test('have 20 variables, or as many as are asked for, up to 100', async () => {
    await start();
    for (let index = 0; index < 25; index++) await ask('POST', SITE, { key: `K${index}`, value: 'v' });
    const first = await ask('GET', SITE);
    const second = await ask('GET', `${SITE}?page=2`);

    expect(first.body).toHaveLength(20);
    expect(first.headers.get('x-next-page')).toBe('2');
    expect(first.headers.get('x-total')).toBe('25');
    expect(first.headers.get('link')).toBe(['next', 'first', 'last']
      .map((rel) => `<${gitlab.url}/api/v4${SITE}?page=${rel === 'first' ? 1 : 2}&per_page=20>; rel="${rel}"`).join(', '));
    expect(second.body).toHaveLength(5);
    expect(second.headers.get('x-next-page')).toBe('');
    expect((await ask('GET', `${SITE}?per_page=1000`)).body).toHaveLength(25);
  });
});

describe('releases', () => {
  test.each([
    ['15.0.0-ee', 404, 404], ['15.2.0-ee', 200, 404], ['15.5.0', 200, 200], ['18.5.1-ee', 200, 200],
  ])('%s: /metadata %d (lib/api/metadata.rb), /personal_access_tokens/self %d (doc/api/personal_access_tokens.md)', async (version, metadata, self) => {
    await start({ version });

    expect((await ask('GET', '/version')).body).toMatchObject({ version });
    expect((await ask('GET', '/metadata')).status).toBe(metadata);
    expect((await ask('GET', '/personal_access_tokens/self')).status).toBe(self);
  });

  test('raw is not known to the oldest', async () => {
    await start({ version: '15.0.0-ee' });
    const { body } = await ask('POST', SITE, { key: 'A', value: 'b', raw: true });

    expect(body).not.toHaveProperty('raw');
  });
});

describe('faults on demand', () => {
  beforeEach(() => start());

  test('too many requests, as Rack::Attack says it (lib/gitlab/rack_attack.rb)', async () => {
    gitlab.fail({ method: 'GET', nth: 2 }, tooManyRequests(3));
    const answers = [await ask('GET', SITE), await ask('GET', SITE), await ask('GET', SITE)];

    expect(answers.map(({ status }) => status)).toEqual([200, 429, 200]);
    expect(answers[1]?.headers.get('retry-after')).toBe('3');
    expect(answers[1]?.body).toBe('Retry later\n');
  });

  test('a connection that ends before anything is done, or after it', async () => {
    gitlab.fail({ method: 'POST' }, 'cut before');
    gitlab.fail({ method: 'POST', nth: 2 }, 'cut after');

    await expect(ask('POST', SITE, { key: 'A', value: 'b' })).rejects.toThrow();
    expect(gitlab.project(42).variables).toEqual([]);
    await expect(ask('POST', SITE, { key: 'A', value: 'b' })).rejects.toThrow();
    expect(gitlab.project(42).variables).toHaveLength(1);
  });

  test('what came in is recorded, without the secrets', async () => {
    await ask('POST', SITE, { key: 'A', value: 'hello' });
    await ask('GET', `${SITE}?page=1`);

    expect(gitlab.requests).toEqual([
      { method: 'POST', path: `/api/v4${SITE}`, hasBody: true, status: 201 },
      { method: 'GET', path: `/api/v4${SITE}?page=1`, hasBody: false, status: 200 },
    ]);
  });
});

test('it speaks https with a certificate of its own authority', async () => {
  const authority = new TestAuthority();
  await start({ tls: authority.issue() });
  const status = await new Promise((resolve, reject) => {
    const options = { ca: authority.certificate, headers: { 'private-token': 'owner' } };
    request(`${gitlab.url}/api/v4/version`, options, (response) => resolve(response.resume().statusCode)).on('error', reject).end();
  });

  expect(status).toBe(200);
});

describeVectors<{ readonly maskable: Array<{ readonly value: string; readonly okExpanded: boolean; readonly okRaw: boolean }> }>(
  'gitlab-variables.json', ({ maskable }) => {
    let agreed = 0;

    test.each(maskable.map((vector) => [vector.value, vector] as const))('masking of %j (app/models/concerns/ci/maskable.rb)', async (value, { okExpanded, okRaw }) => {
      await start();

      expect((await ask('POST', SITE, { key: 'EXPANDED', value, masked: true })).status).toBe(okExpanded ? 201 : 400);
      expect((await ask('POST', SITE, { key: 'RAW', value, masked: true, raw: true })).status).toBe(okRaw ? 201 : 400);
      agreed++;
    });

    afterAll(() => printAgreement('gitlab-variables.json', agreed, maskable.length, 'of the masking of the stand-in for GitLab'));
  });
