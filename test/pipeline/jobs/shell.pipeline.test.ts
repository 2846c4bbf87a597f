import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { singleQuoted, shellWord } from '../../../src/pipeline/jobs/shell';
import { needDebianPackages } from '../../cluster/debian';
import { SHELL_PACKAGES } from '../../support/shells';

beforeAll(() => needDebianPackages(SHELL_PACKAGES), 300_000);

const SHELLS: Array<[string, string[]]> = [['dash', ['/usr/bin/dash']], ['busybox', ['/bin/busybox', 'sh']]];

/** The words after expansion by the shell. */
function words([program = '', ...args]: string[], texts: string[]): string[] {
  const output = execFileSync(program, [...args, '-c', `printf '%s\\0' ${texts.join(' ')}`], { env: { NAME: 'a  b*', PATH: '/nowhere' }, encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}

const line = fc.string({ unit: fc.constantFrom(...'ab 1"\'`\\$(){}*?[]!~#;&|<>=-'), maxLength: 12 });

describe.each(SHELLS)('in %s', (_, shell) => {
  test('a word is literal except for references to variables', () => {
    fc.assert(fc.property(fc.array(line.filter((text) => text !== ''), { minLength: 1, maxLength: 20 }), (texts) => {
      expect(words(shell, texts.map(shellWord))).toEqual(texts.map((text) => text.replace(/\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})/g, '')));
    }), { numRuns: 100 });
  });

  test('a variable in a word is neither split nor expanded again', () => {
    expect(words(shell, ['$NAME', 'x=${NAME}-$NAME'].map(shellWord))).toEqual(['a  b*', 'x=a  b*-a  b*']);
  });

  test('a word in single quotes is literal', () => {
    fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (texts) => {
      expect(words(shell, texts.map(singleQuoted))).toEqual(texts);
    }), { numRuns: 100 });
  });
});
