import { tokenClaims } from '../../src/kubernetes/token-claims';
import { TOKEN } from '../support/kubeconfigs';

const tokenOf = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;

test('a requested token says whose it is, which Secret ends it, and when it expires', () => {
  const token = tokenOf({
    'exp': 1_800_000_000,
    'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'gitlab-example', uid: 'u' }, secret: { name: 'gitlab-example-1', uid: 'v' } },
  });
  expect(tokenClaims(token)).toEqual({ namespace: 'example', serviceAccount: 'gitlab-example', secret: 'gitlab-example-1', expires: 1_800_000_000 });
});

test('a token of a token Secret says the same in other claims, and never expires', () => {
  const token = tokenOf({
    'kubernetes.io/serviceaccount/namespace': 'example',
    'kubernetes.io/serviceaccount/service-account.name': 'gitlab-example',
    'kubernetes.io/serviceaccount/secret.name': 'gitlab-example-token',
  });
  expect(tokenClaims(token)).toEqual({ namespace: 'example', serviceAccount: 'gitlab-example', secret: 'gitlab-example-token', expires: undefined });
});

test('an unbound token names no Secret', () => {
  expect(tokenClaims(tokenOf({ 'exp': 1, 'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'x' } } }))?.secret).toBeUndefined();
});

test.each(['', 'a.b', 'a.b.c', tokenOf(null), 'not a token', `x.${Buffer.from('{').toString('base64url')}.y`])('%j is no token', (text) => {
  expect(tokenClaims(text)).toBeUndefined();
});

test.each([[[]], ['text'], [{ 'exp': '1', 'kubernetes.io': 'x' }]])('claims of another shape (%j) say nothing', (payload) => {
  expect(tokenClaims(tokenOf(payload))).toEqual({ namespace: undefined, serviceAccount: undefined, secret: undefined, expires: undefined });
});

test('someone else\'s token says nothing of Kubernetes', () => {
  expect(tokenClaims(TOKEN)).toMatchObject({ namespace: undefined, serviceAccount: undefined });
});
