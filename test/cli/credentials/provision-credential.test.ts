import { HttpError, Unreachable } from '../../../src/cli/base/failure';
import { CredentialRecord } from '../../../src/cli/credentials/credential-store';
import { Destination, EMPTY_STATE } from '../../../src/cli/credentials/destination';
import { TokenOptions } from '../../../src/cli/credentials/issue-token';
import { isoTime, provisionCredential, validityText } from '../../../src/cli/credentials/provision-credential';
import { StepLog } from '../../../src/cli/io/step-log';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { FakeClock } from '../../support/fake-clock';
import { SERVER, TOKEN } from '../../support/kubeconfigs';

const DAY = 86_400;
const ACCOUNT = { namespace: 'example', name: 'gitlab-example' };

let log: string;
let events: string[];

beforeEach(() => {
  [log, events] = ['', []];
});

interface Run {
  /** Seconds that the API server grants. */
  readonly granted?: number;
  readonly tokenSecret?: TokenOptions['tokenSecret'];
  readonly verify?: () => Promise<void>;
  readonly storing?: () => Promise<void>;
  readonly deleting?: () => Promise<void>;
}

function record(name: string): CredentialRecord {
  return { name, uid: 'u-1', serviceAccount: ACCOUNT.name, kind: 'bound', destination: 'somewhere', state: 'pending', created: 0 };
}

async function provision({ granted = 90 * DAY, tokenSecret, verify, storing, deleting }: Run = {}) {
  const clock = new FakeClock();
  const done = async (event: string, result = record('one')) => {
    events.push(event);
    return result;
  };
  const store = {
    create: async (kind: string) => done(`create ${kind}`),
    adopt: async (name: string) => done(`adopt ${name}`, record(name)),
    markStored: async () => done('mark stored'),
    delete: async ({ name }: CredentialRecord) => {
      await deleting?.();
      return done(`delete ${name}`);
    },
  };
  const claims = Buffer.from(JSON.stringify({ 'kubernetes.io': { namespace: 'example', serviceaccount: { name: ACCOUNT.name } } })).toString('base64url');
  const cluster = {
    create: async () => ({ status: { token: TOKEN, expirationTimestamp: new Date(clock.now() + granted * 1000).toISOString() } }),
    get: async () => ({ data: { token: Buffer.from(`x.${claims}.x`).toString('base64') } }),
  };
  const destination: Destination = {
    description: 'somewhere',
    identity: async () => 'somewhere',
    check: async () => EMPTY_STATE,
    store: async () => {
      await storing?.();
      events.push('store');
    },
  };
  const issuer = { cluster, store, clock, signal: new AbortController().signal } as never;
  const kubeconfig = (token: string) => new Kubeconfig({ server: SERVER, namespace: 'example', token });
  const request = { account: ACCOUNT, lifetime: { duration: 90 * DAY, shortest: 7 * DAY }, tokenSecret, destination, kubeconfig, verify };
  return provisionCredential(issuer, request, new StepLog({ write: (text) => log += text }));
}

const failing = (error: Error) => async () => {
  throw error;
};

describe('provisioning', () => {
  test('creates, verifies and stores a credential, in this order', async () => {
    const { kubeconfig } = await provision({ verify: async () => void events.push('verify') });
    expect(events).toEqual(['create bound', 'verify', 'store', 'mark stored']);
    expect(kubeconfig.token).toBe(TOKEN);
    expect(log).toMatch(/^- one: token created, expires in 90 days .*\n- verified: the credential works in its namespace, and is Forbidden outside\n$/);
  });

  test('stores an unverified credential without a verification', async () => {
    await provision();
    expect(events).toEqual(['create bound', 'store', 'mark stored']);
    expect(log).not.toContain('verified');
  });

  test('revokes a token that expires too soon, and names the alternatives', async () => {
    await expect(provision({ granted: 6 * DAY })).rejects.toThrow(/limits the lifetime of the token to 6 days \(requested: 90 days\)[^]*DeployerToken\.tokenSecret\(\)/);
    expect(events).toEqual(['create bound', 'delete one']);
    expect(log).toContain('- one: revoked, since it is not stored\n');
  });

  test('revokes a credential that fails the verification', async () => {
    await expect(provision({ verify: failing(new Error('too many rights')) })).rejects.toThrow('too many rights');
    expect(events).toEqual(['create bound', 'delete one']);
  });

  test('revokes a credential that the destination rejects', async () => {
    await expect(provision({ storing: failing(new HttpError('no', 403)) })).rejects.toThrow('no');
    expect(events).toEqual(['create bound', 'delete one']);
  });

  test('keeps a credential when the answer of the destination is lost', async () => {
    await expect(provision({ storing: failing(new Unreachable('no answer')) })).rejects.toThrow('no answer');
    expect(events).toEqual(['create bound']);
  });

  test('warns about a Secret that it cannot delete, and reports the first error', async () => {
    await expect(provision({ storing: failing(new HttpError('no', 403)), deleting: failing(new Error('not now')) })).rejects.toThrow('no');
    expect(log).toContain('warning: Secret one could not be deleted, so its token stays valid: the next run revokes it\n');
  });

  test('uses the token Secret of the manifests, and keeps it after a failure', async () => {
    await expect(provision({ tokenSecret: { name: 'manifest' }, verify: failing(new Error('no')) })).rejects.toThrow('no');
    expect(events).toEqual(['adopt manifest']);
  });

  test('revokes a new token Secret after a failure', async () => {
    await expect(provision({ tokenSecret: 'new', verify: failing(new Error('no')) })).rejects.toThrow('no');
    expect(events).toEqual(['create token-secret', 'delete one']);
  });
});

describe('the validity', () => {
  const NOW = Date.UTC(2026, 0, 1);

  test.each<[number | undefined, string, string | null]>([
    [undefined, 'never expires', null],
    [NOW + 3_600_000, 'expires in 1 hour (2026-01-01T01:00:00.000Z)', '2026-01-01T01:00:00.000Z'],
    [NOW, 'has expired (2026-01-01T00:00:00.000Z)', '2026-01-01T00:00:00.000Z'],
  ])('of a token with the expiry %s is described', (expires, text, time) => {
    expect([validityText(expires, NOW), isoTime(expires)]).toEqual([text, time]);
  });
});
