import { inspect } from 'node:util';
import { parse } from 'yaml';
import { UserError } from '../../src/base/user-error';
import { referenceCluster } from '../../src/kubeconfig/contexts';
import { Kubeconfig, KubeconfigProps } from '../../src/kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../src/kubeconfig/kubeconfig-policy';
import { AGENT_FILE, CA_DATA, CA_PEM, FileParts, kubeconfigFile, SERVER, TOKEN } from '../support/kubeconfigs';
import { describeVectors, printAgreement } from '../support/vectors';

const PROPS: KubeconfigProps = { server: SERVER, certificateAuthorityData: CA_DATA, namespace: 'ns1', token: TOKEN };
const SECRET = 'hunter2-secret';

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('a Kubeconfig from props', () => {
  const kubeconfig = new Kubeconfig(PROPS);

  test('has the same content in YAML, JSON and base64', () => {
    const content = {
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{ name: 'kubernetes', cluster: { 'server': SERVER, 'certificate-authority-data': CA_DATA } }],
      'users': [{ name: 'gitlab-ns1', user: { token: TOKEN } }],
      'contexts': [{ name: 'gitlab-ns1@kubernetes', context: { cluster: 'kubernetes', user: 'gitlab-ns1', namespace: 'ns1' } }],
      'current-context': 'gitlab-ns1@kubernetes',
    };

    expect(parse(kubeconfig.toYaml())).toEqual(content);
    expect(JSON.parse(kubeconfig.toJson())).toEqual(content);
    expect(Buffer.from(kubeconfig.toBase64(), 'base64').toString()).toBe(kubeconfig.toJson());
  });

  test('is one line without white space in JSON and base64', () => {
    const spaced = new Kubeconfig({ ...PROPS, user: 'the user', cluster: 'my cluster' });

    expect(spaced.toJson()).toMatch(/^\S+$/);
    expect(spaced.toBase64()).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(JSON.parse(spaced.toJson()).users[0].name).toBe('the user');
  });

  test.each([['YAML', kubeconfig.toYaml()], ['JSON', kubeconfig.toJson()]])('is equal after parsing its %s', (_, text) => {
    expect(Kubeconfig.parse(text).toJson()).toBe(kubeconfig.toJson());
  });

  test('keeps all props', () => {
    const all = new Kubeconfig({ ...PROPS, tlsServerName: 'kubernetes.default', proxyUrl: 'socks5://proxy:1080', user: 'u', cluster: 'c', context: 'x' });
    const back = Kubeconfig.parse(all.toYaml());

    expect(back).toEqual(all);
    expect(back).toMatchObject({ tlsServerName: 'kubernetes.default', proxyUrl: 'socks5://proxy:1080', user: 'u', cluster: 'c', context: 'x' });
    expect(back.token).toBe(TOKEN);
  });

  test('can contain a token file in place of a token', () => {
    const { token: _, ...withoutToken } = PROPS;
    const other = new Kubeconfig({ ...withoutToken, tokenFile: '/builds/a project/id-token' });

    expect(parse(other.toYaml()).users).toEqual([{ name: 'gitlab-ns1', user: { tokenFile: '/builds/a project/id-token' } }]);
    expect(JSON.parse(other.toJson()).users).toEqual([{ name: 'gitlab-ns1', user: { tokenFile: '/builds/a project/id-token' } }]);
    expect(other).toMatchObject({ token: undefined, tokenFile: '/builds/a project/id-token' });
    expect(Kubeconfig.parse(other.toJson(), KubeconfigPolicy.stored({ allowTokenFile: true }))).toEqual(other);
  });

  test('does not show its token when it is printed or serialized', () => {
    const shown = [inspect(kubeconfig, { showHidden: true, depth: 9 }), JSON.stringify(kubeconfig), String(kubeconfig), `${kubeconfig}`];

    expect(shown.join('\n')).not.toContain(TOKEN);
    expect(Object.values(kubeconfig)).not.toContain(TOKEN);
  });

  test.each<[string, Partial<KubeconfigProps>, RegExp]>([
    ['a server without scheme', { server: '203.0.113.7:6443' }, /^server: .*https/],
    ['a server in clear text', { server: 'http://203.0.113.7' }, /^server: .*https/],
    ['a server with one slash', { server: 'https:/203.0.113.7' }, /^server: /],
    ['a server with a query', { server: `${SERVER}?a=b` }, /^server: /],
    ['a server with white space', { server: `${SERVER}\n` }, /^server: /],
    ['an empty server', { server: '' }, /^server: /],
    ['a namespace of 64 characters', { namespace: 'a'.repeat(64) }, /^namespace is .*DNS label/],
    ['an empty namespace', { namespace: '' }, /^namespace is /],
    ['a namespace in capitals', { namespace: 'NS1' }, /^namespace is /],
    ['a protected namespace', { namespace: 'kube-system' }, /^namespace is .*"default" or "kube-\*"/],
    ['a proxy of another kind', { proxyUrl: 'ftp://x' }, /^proxyUrl: .*http, https, socks5/],
    ['a TLS name that is no host', { tlsServerName: 'a b' }, /^tlsServerName: /],
    ['a user with a line break', { user: 'a\nb' }, /^user: .*control characters/],
    ['an empty context', { context: '' }, /^context: /],
    ['CA data that is not base64', { certificateAuthorityData: '***' }, /^certificateAuthorityData: it is not base64/],
    ['CA data that is PEM', { certificateAuthorityData: CA_PEM }, /it is PEM, not base64/],
    ['CA data that is something else', { certificateAuthorityData: Buffer.from('hello').toString('base64') }, /it is base64, but not of PEM/],
    ['CA data that is cut off', { certificateAuthorityData: Buffer.from(CA_PEM.slice(0, 300)).toString('base64') }, /it is PEM, but not only of valid certificates/],
    ['CA data with a broken certificate', { certificateAuthorityData: Buffer.from(CA_PEM.replace('MIIB', 'AAAA')).toString('base64') }, /not only of valid certificates/],
    ['CA data with a key', {
      certificateAuthorityData: Buffer.from(`${CA_PEM}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`).toString('base64'),
    }, /not only of valid certificates/],
    ['an empty token', { token: '' }, /^token: it is empty/],
    ['a token with a line break at its end', { token: `${TOKEN}\n` }, /^token: it has a line break/],
    ['a token with a space', { token: `Bearer ${TOKEN}` }, /^token: it has white space/],
    ['a token with letters beyond ASCII', { token: 'tökentöken' }, /^token: .*not ASCII/],
    ['no token', { token: undefined }, /^token: neither a token nor a token file is given/],
    ['a token and the file of one', { tokenFile: 'id-token' }, /^token: both a token and a token file are given/],
    ['a token file without name', { token: undefined, tokenFile: '' }, /^tokenFile: it is "", expected the name of a file/],
    ['a token file with a line break', { token: undefined, tokenFile: 'a\nb' }, /^tokenFile: .*control characters/],
    ['a token in place of its file', { token: undefined, tokenFile: TOKEN }, /^tokenFile: it is a token, expected the name of the file/],
    ['base64 of a token', { token: Buffer.from(TOKEN).toString('base64') }, /^token: it is base64 of a token/],
  ])('refuses %s', (_, props, expected) => {
    expect(messageOf(() => new Kubeconfig({ ...PROPS, ...props }))).toMatch(expected);
  });

  test('allows a protected namespace when asked to', () => {
    expect(new Kubeconfig({ ...PROPS, namespace: 'default', allowProtectedNamespace: true }).namespace).toBe('default');
  });

  test('removes the line breaks of CA data', () => {
    const wrapped = CA_DATA.replace(/.{76}/g, '$&\n');

    expect(new Kubeconfig({ ...PROPS, certificateAuthorityData: wrapped }).certificateAuthorityData).toBe(CA_DATA);
  });
});

describe('a stored kubeconfig', () => {
  test('is accepted with fields that kubectl adds', () => {
    const text = kubeconfigFile({
      root: { preferences: {}, extensions: [] },
      cluster: { 'disable-compression': true, 'insecure-skip-tls-verify': false, 'extensions': [{ name: 'minikube' }] },
    });

    expect(Kubeconfig.parse(text).namespace).toBe('ns1');
  });

  test.each<[string, FileParts, RegExp]>([
    ['an exec plugin', { user: { token: undefined, exec: { command: SECRET } } }, /^users\[0\]\.user: it has exec/],
    ['an auth provider', { user: { 'auth-provider': { name: 'gcp', config: { 'access-token': SECRET } } } }, /auth-provider/],
    ['unverified TLS', { cluster: { 'insecure-skip-tls-verify': true } }, /^clusters\[0\]\.cluster: it has insecure-skip-tls-verify/],
    ['no namespace', { context: { namespace: undefined } }, /^namespace: the context names none.*kubectl config set-context/],
    ['an empty namespace', { context: { namespace: '' } }, /^namespace is /],
    ['a protected namespace', { context: { namespace: 'default' } }, /^namespace is /],
    ['a token with a line break', { user: { token: `${TOKEN}\n` } }, /^token: it has a line break/],
    ['a token that is a number', { user: { token: 12345678 } }, /^users\[0\]\.user\.token: it is a number, expected text; quote it/],
    ['no token', { user: { token: undefined } }, /^users\[0\]\.user\.token: it is missing/],
    ['a password', { user: { username: 'admin', password: SECRET } }, /it has username/],
    ['a token in a file', { user: { tokenFile: '/var/run/token' } }, /it has tokenFile/],
    ['a client certificate', { user: { 'client-certificate-data': SECRET, 'client-key-data': SECRET } }, /client-certificate-data/],
    ['another identity', { user: { 'as': 'system:admin', 'as-groups': ['system:masters'] } }, /it has as,/],
    ['a CA file', { cluster: { 'certificate-authority': '/etc/ca.crt' } }, /kubectl config view --raw --flatten/],
    ['a misspelt field', { context: { namspace: 'ns1' } }, /^contexts\[0\]\.context: it has the unknown field "namspace"/],
    ['a misspelt field at the top', { root: { currentcontext: 'x' } }, /^it has the unknown field "currentcontext"/],
    ['a field that may be a secret', { user: { [TOKEN]: 1 } }, /it has an unknown field,/],
    ['two clusters', { root: { clusters: [{ name: 'a', cluster: {} }, { name: 'b', cluster: {} }] } }, /^clusters: it has 2 entries, expected exactly one/],
    ['two users of one name', { root: { users: [{ name: 'u', user: { token: SECRET } }, { name: 'u', user: {} }] } }, /^users\[1\]: the name "u" occurs twice/],
    ['no contexts', { root: { contexts: null } }, /^contexts: it has 0 entries/],
    ['users that are no list', { root: { users: { token: SECRET } } }, /^users: it is a mapping, expected a list/],
    ['a user without name', { root: { users: [{ user: { token: SECRET } }] } }, /^users\[0\]: it has no name/],
    ['a current context of another name', { root: { 'current-context': 'y' } }, /^current-context: "y" is not in the file, expected one of "x"/],
    ['a context of another cluster', { context: { cluster: 'zz' } }, /^contexts\[0\]\.context\.cluster: "zz" is not in the file/],
    ['a password in the address', { cluster: { server: `https://admin:${SECRET}@host` } }, /^server: it is a value that is not shown here/],
    ['a token in the address', { cluster: { server: TOKEN } }, /^server: it is a value that is not shown here/],
    ['another kind', { root: { kind: 'Secret' } }, /^kind: .*"Config"/],
    ['another version', { root: { apiVersion: 'v2' } }, /^apiVersion: .*"v1"/],
  ])('is refused with %s, without its secrets', (_, parts, expected) => {
    const message = messageOf(() => Kubeconfig.parse(kubeconfigFile(parts)));

    expect(message).toMatch(expected);
    expect(message).not.toContain(TOKEN);
    expect(message).not.toContain(SECRET);
    expect(message.split('\n')).toHaveLength(1);
  });

  describe('with allowTokenFile', () => {
    const policy = KubeconfigPolicy.stored({ allowTokenFile: true });

    test('may contain a token file or a token', () => {
      expect(Kubeconfig.parse(kubeconfigFile({ user: { token: undefined, tokenFile: '/id-token' } }), policy).tokenFile).toBe('/id-token');
      expect(Kubeconfig.parse(kubeconfigFile(), policy)).toMatchObject({ token: TOKEN, tokenFile: undefined });
    });

    test.each<[string, Record<string, unknown>, RegExp]>([
      ['both', { tokenFile: '/id-token' }, /^token: both/],
      ['neither', { token: undefined }, /^users\[0\]\.user\.token: it is missing/],
      ['a file that is no text', { token: undefined, tokenFile: 7 }, /^users\[0\]\.user\.tokenFile: it is a number/],
      ['an exec plugin', { token: undefined, tokenFile: '/id-token', exec: { command: SECRET } }, /it has exec, expected a token/],
      ['another identity', { token: undefined, tokenFile: '/id-token', as: 'admin' }, /it has as,/],
    ])('is refused with %s', (_, user, expected) => {
      expect(messageOf(() => Kubeconfig.parse(kubeconfigFile({ user }), policy))).toMatch(expected);
    });
  });

  test.each<[string, string, RegExp]>([
    ['empty', '', /it holds 0 documents/],
    ['only a comment', '# nothing\n', /it holds 0 documents/],
    ['text', `${SECRET}\n`, /^this is not a kubeconfig: it is text, expected a mapping; pass the kubeconfig file; if it is base64, decode it first$/],
    ['its own base64', Buffer.from(kubeconfigFile()).toString('base64'), /if it is base64, decode it first/],
    ['a list', `- ${SECRET}\n`, /it is a list/],
    ['several documents', `${kubeconfigFile()}\n---\n${kubeconfigFile()}`, /it holds 2 documents/],
    ['broken YAML', `apiVersion: v1\nusers: [ {token: ${SECRET}\n`, /^line \d+, column \d+: it is not valid YAML/],
    ['a tab', `apiVersion: v1\nusers:\n\t- name: ${SECRET}\n`, /^line 3, column 1: it is not valid YAML/],
    ['a duplicate key', `apiVersion: v1\ntoken: ${SECRET}\ntoken: ${SECRET}\n`, /^line 3, column 1: it is not valid YAML \(DUPLICATE_KEY\)/],
    ['a key that is no text', `1: ${SECRET}\n`, /a key that is not text/],
    ['an alias bomb', bomb(), /aliases/],
    ['nested too deeply', '['.repeat(100_000), /^line 1, column \d+: it is not valid YAML/],
    ['too long', `# ${'x'.repeat(1024 * 1024)}`, /expected a kubeconfig of at most 1 MiB/],
  ])('is refused when the text is %s', (_, text, expected) => {
    const message = messageOf(() => Kubeconfig.parse(text));

    expect(message).toMatch(expected);
    expect(message).not.toContain(SECRET);
  });

  test('cannot change a prototype', () => {
    expect(messageOf(() => Kubeconfig.parse('{"__proto__": {"kind": "Config"}, "apiVersion": "v1"}'))).toMatch(/unknown field/);
  });
});

describe('the kubeconfig of the GitLab agent', () => {
  const policy = KubeconfigPolicy.agent({ context: 'group/project:production', namespace: 'ns1' });

  test('returns the named context with the namespace of the options', () => {
    const kubeconfig = Kubeconfig.parse(AGENT_FILE, policy);

    expect(kubeconfig).toMatchObject({ server: 'https://kas.gitlab.example.com/k8s-proxy/', namespace: 'ns1', user: 'agent:2', context: 'group/project:production' });
    expect(kubeconfig.token).toBe('ci:2:job-token');
    expect(Kubeconfig.parse(kubeconfig.toJson()).token).toBe('ci:2:job-token');
  });

  test('is refused as a stored kubeconfig', () => {
    expect(messageOf(() => Kubeconfig.parse(AGENT_FILE))).toMatch(/^contexts: it has 2 entries/);
  });

  test('is refused when the context does not exist, with the names of the others', () => {
    const other = KubeconfigPolicy.agent({ context: 'staging', namespace: 'ns1' });

    expect(messageOf(() => Kubeconfig.parse(AGENT_FILE, other))).toMatch(/^context: "staging" .* "group\/project:staging", "group\/project:production"/);
  });

  test('is refused when the user of that context has no token', () => {
    const text = AGENT_FILE.replace('token: ci:2:job-token', 'exec: {command: helper}');

    expect(messageOf(() => Kubeconfig.parse(text, policy))).toMatch(/^users\[1\]\.user: it has exec/);
  });

  test('is refused when the token of that context is in a file', () => {
    const text = AGENT_FILE.replace('token: ci:2:job-token', 'tokenFile: /var/run/token');

    expect(messageOf(() => Kubeconfig.parse(text, policy))).toMatch(/^users\[1\]\.user: it has tokenFile, expected the token itself/);
  });

  test('may have other contexts that a job must not use', () => {
    const text = AGENT_FILE.replace('token: ci:1:job-token', 'exec: {command: helper}');

    expect(Kubeconfig.parse(text, policy).token).toBe('ci:2:job-token');
  });

  test('is refused with a protected namespace, unless allowed', () => {
    const options = { context: 'group/project:staging', namespace: 'default' };

    expect(messageOf(() => Kubeconfig.parse(AGENT_FILE, KubeconfigPolicy.agent(options)))).toMatch(/^namespace is /);
    expect(Kubeconfig.parse(AGENT_FILE, KubeconfigPolicy.agent({ ...options, allowProtectedNamespace: true })).namespace).toBe('default');
  });
});

describe('referenceCluster', () => {
  test('ignores the users', () => {
    const text = kubeconfigFile({ user: { 'token': undefined, 'exec': { command: 'helper' }, 'client-key-data': SECRET }, context: { namespace: undefined } });

    expect(referenceCluster(text)).toEqual({ server: SERVER, certificateAuthorityData: CA_DATA });
    expect(JSON.stringify(referenceCluster(text))).not.toContain(SECRET);
  });

  test('returns the cluster of the named context', () => {
    const text = kubeconfigFile({
      root: {
        clusters: [{ name: 'a', cluster: { server: 'https://a' } }, { name: 'b', cluster: { server: 'https://b' } }],
        contexts: [{ name: 'x', context: { cluster: 'a' } }, { name: 'y', context: { cluster: 'b' } }],
      },
    });

    expect(referenceCluster(text).server).toBe('https://a');
    expect(referenceCluster(text, 'y').server).toBe('https://b');
    expect(messageOf(() => referenceCluster(text, 'z'))).toMatch(/^context: "z" is not in the file, expected one of "x", "y"/);
  });

  test('returns the path of the CA file', () => {
    const text = kubeconfigFile({ cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'pki/ca.crt' } });

    expect(referenceCluster(text)).toEqual({ server: SERVER, certificateAuthorityFile: 'pki/ca.crt' });
  });

  test.each<[string, FileParts, RegExp]>([
    ['unverified TLS', { cluster: { 'insecure-skip-tls-verify': true } }, /insecure-skip-tls-verify/],
    ['no current context', { root: { 'current-context': '' } }, /^current-context: it is not set/],
    ['a context without cluster', { context: { cluster: undefined } }, /^contexts\[0\]\.context\.cluster: it is missing/],
    ['a cluster without server', { cluster: { server: undefined } }, /^clusters\[0\]\.cluster\.server: it is missing/],
  ])('refuses %s', (_, parts, expected) => {
    expect(messageOf(() => referenceCluster(kubeconfigFile(parts)))).toMatch(expected);
  });
});

interface KubeconfigVectors {
  readonly cases: Array<{ readonly name: string; readonly policy: string; readonly kubeconfig: string }>;
}

describeVectors<KubeconfigVectors>('kubeconfigs.json', ({ cases }) => {
  const values: Record<string, string> = { SERVER, HOSTPORT: '203.0.113.7:6443', CA_DATA, TOKEN };
  const fill = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (all, name: string) => values[name] ?? all);
  const agreed: string[] = [];

  test.each(cases.map((vector) => [vector.name, vector] as const))('Kubeconfig.parse decides about a kubeconfig where %s', (name, { policy, kubeconfig }) => {
    const action = () => Kubeconfig.parse(fill(kubeconfig));

    if (policy === 'accept') expect(action().namespace).toBe('ns1');
    else expect(messageOf(action)).not.toContain(TOKEN);
    agreed.push(name);
  });

  afterAll(() => printAgreement('kubeconfigs.json', agreed.length, cases.length));
});

function bomb(): string {
  const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [name, below] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => pair.split(''))) {
    levels.push(`${name}: &${name} [${Array(10).fill(`*${below}`).join(',')}]`);
  }
  return levels.join('\n');
}
