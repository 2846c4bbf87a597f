import { CredentialRecord } from '../../../src/cli/credentials/credential-store';
import { checkDestination, currentCredential, Destination, DestinationState, EMPTY_STATE } from '../../../src/cli/credentials/destination';
import { StepLog } from '../../../src/cli/io/step-log';

const NOW = Date.UTC(2026, 10, 24);

function record(name: string, known: Partial<CredentialRecord> = {}): CredentialRecord {
  return { name, uid: 'u-1', serviceAccount: 'gitlab-example', kind: 'bound', destination: 'file ci.conf', state: 'stored', created: NOW, ...known };
}

function destinationWith(state: DestinationState): Destination {
  return { description: 'file ci.conf', identity: async () => 'file ci.conf', check: async () => state, store: async () => undefined };
}

async function current(state: Partial<DestinationState>, records: CredentialRecord[]) {
  const marked: string[] = [];
  const store = {
    list: async () => records,
    markStored: async (pending: CredentialRecord, expires: number | undefined) => {
      marked.push(pending.name);
      return { ...pending, state: 'stored', expires };
    },
  };
  const full = { ...EMPTY_STATE, ...state };
  return { found: await currentCredential(destinationWith(full), full, store as never, NOW), marked };
}

test('the check prints the plan, the notes and the warnings', async () => {
  let log = '';
  const state = { ...EMPTY_STATE, plan: ['create variable X'], notes: ['a note'], warnings: ['a risk'] };
  expect(await checkDestination(destinationWith(state), new StepLog({ write: (text) => log += text }))).toBe(state);
  expect(log).toBe('  create variable X\n  a note\nwarning: a risk\n');
});

describe('the current credential', () => {
  test('is missing in an empty destination', async () => {
    expect((await current({}, [record('one')])).found).toBeUndefined();
  });

  test('is the recorded one when the destination cannot be read', async () => {
    expect((await current({ hasCredential: true }, [record('one'), record('other', { destination: 'elsewhere' })])).found?.name).toBe('one');
  });

  test('is the one that the destination holds', async () => {
    const { found, marked } = await current({ hasCredential: true, credential: { secret: 'one' } }, [record('one'), record('two')]);
    expect([found?.name, marked]).toEqual(['one', []]);
  });

  test('is recorded as stored after an interrupted run', async () => {
    const { found, marked } = await current({ hasCredential: true, credential: { secret: 'one', expires: NOW + 1 } }, [record('one', { state: 'pending' })]);
    expect([found, marked]).toEqual([record('one', { expires: NOW + 1 }), ['one']]);
  });

  test.each<[string, { secret: string; expires?: number }]>([['expired', { secret: 'one', expires: NOW }], ['revoked', { secret: 'gone' }]])(
    'is not replaced without --force when it is %s', async (_, credential) => {
      await expect(current({ hasCredential: true, credential }, [record('one')]))
        .rejects.toThrow('file ci.conf: it holds a credential that has expired or was revoked. Add --force to replace it');
    });
});
