import * as fc from 'fast-check';
import { currentRecord, replacedRecords, revokeReplaced, revokeUnused } from '../../../src/cli/credentials/credential-cleanup';
import { CredentialStore, CredentialRecord } from '../../../src/cli/credentials/credential-store';
import { StepLog } from '../../../src/cli/io/step-log';

const HERE = 'gitlab.example.com/projects/42/variables/KUBECONFIG?environment_scope=production';
const NOW = Date.UTC(2026, 10, 24);

function credential(name: string, known: Partial<CredentialRecord> = {}): CredentialRecord {
  return { name, uid: `uid of ${name}`, serviceAccount: 'gitlab-example', kind: 'bound', destination: HERE, state: 'stored', created: NOW, expires: NOW + 1, ...known };
}

const names = (records: readonly CredentialRecord[]) => records.map(({ name }) => name);

describe('the current credential', () => {
  test.each<[string, CredentialRecord[], string | undefined]>([
    ['is the newest stored one', [credential('a'), credential('b'), credential('c', { state: 'pending' })], 'b'],
    ['is not replaced', [credential('a'), credential('b', { endAfter: NOW + 60_000 })], 'a'],
    ['belongs to the destination', [credential('a'), credential('b', { destination: 'file ci.conf' })], 'a'],
    ['is not expired', [credential('a'), credential('b', { expires: NOW })], 'a'],
    ['may never expire', [credential('a', { expires: undefined })], 'a'],
    ['is missing when all are replaced', [credential('a', { endAfter: NOW })], undefined],
    ['is missing when there are none', [], undefined],
  ])('%s', (_, records, name) => {
    expect(currentRecord(records, HERE, NOW)?.name).toBe(name);
  });
});

describe('the replaced credentials', () => {
  test.each<[string, CredentialRecord[], string | undefined, string[]]>([
    ['are all of the destination, even pending ones of an interrupted run', [credential('a'), credential('b', { state: 'pending' })], undefined, ['a', 'b']],
    ['lack those that are replaced already', [credential('a', { endAfter: NOW - 1 }), credential('b')], undefined, ['b']],
    ['lack those of another destination', [credential('a', { destination: 'file ci.conf' })], undefined, []],
    ['include the credential that rotates itself, whatever its destination', [credential('a', { destination: 'standard output' }), credential('b')], 'a', ['a', 'b']],
  ])('%s', (_, records, own, expected) => {
    expect(names(replacedRecords(records, HERE, own))).toEqual(expected);
  });

  test('include the current credential', () => {
    const record = fc.record({
      name: fc.uuid(),
      destination: fc.constantFrom(HERE, 'file ci.conf'),
      state: fc.constantFrom('pending' as const, 'stored' as const),
      endAfter: fc.option(fc.constantFrom(NOW - 1, NOW + 1), { nil: undefined }),
      expires: fc.option(fc.constantFrom(NOW - 1, NOW + 1), { nil: undefined }),
    });
    fc.assert(fc.property(fc.array(record), (all) => {
      const records = all.map(({ name, ...known }) => credential(name, known));
      const current = currentRecord(records, HERE, NOW);
      expect(current === undefined || replacedRecords(records, HERE, undefined).includes(current)).toBe(true);
    }));
  });
});

describe('the cleanup', () => {
  let log: string;
  let revoked: string[];

  beforeEach(() => {
    [log, revoked] = ['', []];
  });

  const steps = () => new StepLog({ write: (text) => log += text });

  function storeOf(records: CredentialRecord[]): CredentialStore {
    return { list: async () => records, delete: async ({ name }: CredentialRecord) => revoked.push(name) } as never;
  }

  test('revokes pending and expired credentials of the same destination, and none of another destination', async () => {
    const kept = credential('kept');
    await revokeUnused(storeOf([
      credential('killed', { state: 'pending' }), credential('old', { expires: NOW - 1 }), credential('other'), kept,
      credential('elsewhere', { state: 'pending', destination: 'file ci.conf' }), credential('for ever', { expires: undefined }),
    ]), kept, steps(), NOW);
    expect(revoked).toEqual(['killed', 'old']);
    expect(log).toBe('- killed: revoked, since an interrupted run had created it\n- old: revoked, since it had expired\n');
  });

  test('never revokes the stored credential, even with the state pending', async () => {
    const kept = credential('kept', { state: 'pending' });
    await revokeUnused(storeOf([kept]), kept, steps(), NOW);
    expect(revoked).toEqual([]);
  });

  test('revokes replaced credentials after their grace period, and returns the others', async () => {
    const records = [credential('due', { endAfter: NOW }), credential('later', { endAfter: NOW + 1 }), credential('current')];
    expect(names(await revokeReplaced(storeOf(records), NOW, steps()))).toEqual(['later']);
    expect([revoked, log]).toEqual([['due'], '- due: revoked\n']);
  });
});
