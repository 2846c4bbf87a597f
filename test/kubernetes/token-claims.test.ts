import { tokenClaims } from '../../src/kubernetes/token-claims';
import { TOKEN } from '../support/kubeconfigs';

const tokenOf = (payload: unknown) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;

test('a requested token has a ServiceAccount, a bound Secret and an expiry', () => {
  const token = tokenOf({
    'exp': 1_800_000_000,
    'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'gitlab-example', uid: 'u' }, secret: { name: 'gitlab-example-1', uid: 'v' } },
  });
  expect(tokenClaims(token)).toEqual({ namespace: 'example', serviceAccount: 'gitlab-example', secret: 'gitlab-example-1', expires: 1_800_000_000 });
});

test('a token of a token Secret has the same values in other claims, and no expiry', () => {
  const token = tokenOf({
    'kubernetes.io/serviceaccount/namespace': 'example',
    'kubernetes.io/serviceaccount/service-account.name': 'gitlab-example',
    'kubernetes.io/serviceaccount/secret.name': 'gitlab-example-token',
  });
  expect(tokenClaims(token)).toEqual({ namespace: 'example', serviceAccount: 'gitlab-example', secret: 'gitlab-example-token', expires: undefined });
});

test('an unbound token has no Secret', () => {
  expect(tokenClaims(tokenOf({ 'exp': 1, 'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'x' } } }))?.secret).toBeUndefined();
});

test.each(['', 'a.b', 'a.b.c', tokenOf(null), 'not a token', `x.${Buffer.from('{').toString('base64url')}.y`])('%j has no claims, since it is not a JWT', (text) => {
  expect(tokenClaims(text)).toBeUndefined();
});

test.each([[[]], ['text'], [{ 'exp': '1', 'kubernetes.io': 'x' }]])('claims of another shape (%j) are ignored', (payload) => {
  expect(tokenClaims(tokenOf(payload))).toEqual({ namespace: undefined, serviceAccount: undefined, secret: undefined, expires: undefined });
});

test('a token of another issuer has no claims of Kubernetes', () => {
  expect(tokenClaims(TOKEN)).toMatchObject({ namespace: undefined, serviceAccount: undefined });
});
