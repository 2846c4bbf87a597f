import { filledToken, requestToken } from '../../../src/cli/credentials/issue-token';
import { FakeClock } from '../../support/fake-clock';

const ACCOUNT = { namespace: 'example', name: 'gitlab-example' };
const CLAIMS = { 'kubernetes.io': { namespace: 'example', serviceaccount: { name: 'gitlab-example' } } };
const TOKEN = ['{"alg":"RS256"}', JSON.stringify(CLAIMS), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');

describe('a token request', () => {
  const requested = async (status: object, boundTo?: { name: string; uid: string }) => {
    const requests: unknown[][] = [];
    const cluster = {
      create: async (...request: unknown[]) => {
        requests.push(request);
        return { status };
      },
    };
    return { answer: requestToken(cluster as never, ACCOUNT, 600, boundTo), requests };
  };

  test('is bound to the Secret', async () => {
    const { answer, requests } = await requested({ token: TOKEN, expirationTimestamp: '2026-01-01T00:00:00Z' }, { name: 'one', uid: 'u-1' });
    expect(await answer).toEqual({ token: TOKEN, expires: Date.UTC(2026, 0, 1) });
    expect(requests).toEqual([[
      '/api/v1/namespaces/example/serviceaccounts/gitlab-example/token',
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 600, boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'one', uid: 'u-1' } },
      },
      { repeatable: true },
    ]]);
  });

  test.each<[string, object]>([
    ['a token', { expirationTimestamp: '2026-01-01T00:00:00Z' }],
    ['an expiry', { token: TOKEN }],
    ['a valid expiry', { token: TOKEN, expirationTimestamp: 'soon' }],
  ])('fails for an answer without %s', async (_, status) => {
    await expect((await requested(status)).answer).rejects.toThrow('the API server answered a TokenRequest without a token or without its expiry');
  });
});

describe('a token Secret', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  async function filled(...answers: object[]) {
    const clock = new FakeClock();
    const cluster = { get: async () => (answers.length > 1 ? answers.shift() : answers[0]) };
    return { token: filledToken(cluster as never, clock, 'example', 'one', new AbortController().signal), clock };
  }

  test('is read again until the cluster has filled it', async () => {
    const { token, clock } = await filled({}, { data: { token: '' } }, { data: { token: base64(TOKEN) } });
    expect(await token).toBe(TOKEN);
    expect(clock.slept).toEqual([200, 200]);
  });

  test.each<[string, object]>([['stays empty', {}], ['gets a text that is no token', { data: { token: base64('hunter2') } }]])('fails after 30 s when it %s', async (_, answer) => {
    await expect((await filled(answer)).token).rejects.toThrow('the cluster did not write a token into Secret example/one within 30 s');
  });
});
