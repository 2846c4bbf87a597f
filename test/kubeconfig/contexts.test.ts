import { chooseContext, fileOfCluster } from '../../src/kubeconfig/contexts';
import { messageOf } from '../support/synth';

interface Parts {
  readonly current?: string;
  readonly context?: string;
  readonly server?: string;
}

function file(name: string, { current, context = name, server = `https://${name}` }: Parts = {}) {
  const text = JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': current,
    'contexts': [{ name: context, context: { cluster: 'cluster', user: 'user' } }],
    'clusters': [{ name: 'cluster', cluster: { server, 'certificate-authority': 'ca.crt' } }],
    'users': [{ name: 'user', user: { token: name } }],
  });
  return { file: name, text };
}

describe('chooseContext', () => {
  test('returns the current context of the first file that has one', () => {
    const { context, cluster, user } = chooseContext([file('a'), file('b', { current: 'b' })]);
    expect([context.name, context.file, cluster.file, user.file]).toEqual(['b', 'b', 'a', 'a']);
  });

  test('returns the named context', () => {
    expect(chooseContext([file('a', { current: 'a' }), file('b')], 'b').context.file).toBe('b');
  });

  test('prefers the first of two entries with the same name', () => {
    expect(chooseContext([file('a', { context: 'x' }), file('b', { context: 'x' })], 'x').context.file).toBe('a');
  });

  test('refuses files without a current context', () => {
    expect(messageOf(() => chooseContext([file('a'), file('b')]))).toBe('a, b: current-context is not set, expected the context to use; name it with --context');
  });

  test('refuses an unknown context and lists the others', () => {
    expect(messageOf(() => chooseContext([file('a'), file('b')], 'c'))).toBe('--context: "c" is not in the file, expected one of "a", "b"; use one of these names');
  });
});

test('fileOfCluster returns the path of the CA file', () => {
  const { cluster } = chooseContext([file('a', { current: 'a' })]);
  expect(fileOfCluster(cluster)).toMatchObject({ server: 'https://a', certificateAuthority: 'ca.crt', certificateAuthorityData: undefined });
});
