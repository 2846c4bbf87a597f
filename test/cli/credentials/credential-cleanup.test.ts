import * as fc from 'fast-check';
import { currentRecord, deleteDue, deleteUnfinished, replacedRecords } from '../../../src/cli/credentials/credential-cleanup';
import { CredentialStore, CredentialRecord } from '../../../src/cli/credentials/credential-store';
import { StepLog } from '../../../src/cli/io/step-log';

const HERE = 'gitlab.example.com/projects/42/variables/KUBECONFIG?environment_scope=production';
const NOW = Date.UTC(2026, 10, 24);

function credential(name: string, known: Partial<CredentialRecord> = {}): CredentialRecord {
  return { name, uid: `uid of ${name}`, serviceAccount: 'gitlab-example', kind: 'bound', destination: HERE, state: 'stored', created: NOW, expires: NOW + 1, ...known };
}

const names = (records: readonly CredentialRecord[]) => records.map(({ name }) => name);

describe('the credential in its place', () => {
  test.each<[string, CredentialRecord[], string | undefined]>([
    ['is the newest that is known to be kept', [credential('a'), credential('b'), credential('c', { state: 'pending' })], 'b'],
    ['has no successor', [credential('a'), credential('b', { endAfter: NOW + 60_000 })], 'a'],
    ['is kept there and not elsewhere', [credential('a'), credential('b', { destination: 'file ci.conf' })], 'a'],
    ['has not expired', [credential('a'), credential('b', { expires: NOW })], 'a'],
    ['may never expire', [credential('a', { expires: undefined })], 'a'],
    ['is none where all of them are replaced', [credential('a', { endAfter: NOW })], undefined],
    ['is none where there are none', [], undefined],
  ])('%s', (_, records, name) => {
    expect(currentRecord(records, HERE, NOW)?.name).toBe(name);
  });
});

describe('what a new credential replaces', () => {
  test.each<[string, CredentialRecord[], string | undefined, string[]]>([
    ['is all that was made for the place, also what a killed run may have put there', [credential('a'), credential('b', { state: 'pending' })], undefined, ['a', 'b']],
    ['is nothing that is replaced already', [credential('a', { endAfter: NOW - 1 }), credential('b')], undefined, ['b']],
    ['is nothing of another place', [credential('a', { destination: 'file ci.conf' })], undefined, []],
    ['is the rotating credential itself, wherever it was meant for', [credential('a', { destination: 'standard output' }), credential('b')], 'a', ['a', 'b']],
  ])('%s', (_, records, own, expected) => {
    expect(names(replacedRecords(records, HERE, own))).toEqual(expected);
  });

  test('the credential in its place is always among it', () => {
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

describe('ends', () => {
  let said: string;
  let ended: string[];

  beforeEach(() => {
    [said, ended] = ['', []];
  });

  const steps = () => new StepLog({ write: (text) => said += text });

  function ledgerOf(records: CredentialRecord[]): CredentialStore {
    return { list: async () => records, end: async ({ name }: CredentialRecord) => ended.push(name) } as never;
  }

  test('what killed runs have left for the same place, and what has expired there, but nothing of another place', async () => {
    const kept = credential('kept');
    await deleteUnfinished(ledgerOf([
      credential('killed', { state: 'pending' }), credential('old', { expires: NOW - 1 }), credential('other'), kept,
      credential('elsewhere', { state: 'pending', destination: 'file ci.conf' }), credential('for ever', { expires: undefined }),
    ]), kept, steps(), NOW);
    expect(ended).toEqual(['killed', 'old']);
    expect(said).toBe('- killed: ended, left by a run that did not finish\n- old: ended, had expired\n');
  });

  test('not the one that is kept, even when it looks unfinished', async () => {
    const kept = credential('kept', { state: 'pending' });
    await deleteUnfinished(ledgerOf([kept]), kept, steps(), NOW);
    expect(ended).toEqual([]);
  });

  test('what is due, and says what is not yet', async () => {
    const records = [credential('due', { endAfter: NOW }), credential('later', { endAfter: NOW + 1 }), credential('current')];
    expect(names(await deleteDue(ledgerOf(records), NOW, steps()))).toEqual(['later']);
    expect([ended, said]).toEqual([['due'], '- due: ended\n']);
  });
});
