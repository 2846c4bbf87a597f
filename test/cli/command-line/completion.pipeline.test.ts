import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../../src/cli/command-line/command';
import { completionScript } from '../../../src/cli/command-line/completion';
import { SHELLS, Shell } from '../../../src/cli/command-line/completion-words';
import { LETTERS } from '../../../src/cli/command-line/options';
import { COMMANDS } from '../../../src/cli/lazy-commands';
import { needDebianPackages } from '../../cluster/debian';
import { COMPLETION_SHELLS } from '../../support/shells';

const ALL = [...COMMANDS.values()].map((load) => load());
const NAMES = ALL.map(({ name }) => name);
const TIMEOUT = 300_000;

let folder: string;

beforeAll(() => {
  needDebianPackages(COMPLETION_SHELLS);
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  for (const shell of SHELLS) writeFileSync(join(folder, `complete.${shell}`), completionScript(shell, ALL));
  writeFileSync(join(folder, '.zshrc'), ZSHRC);
  for (const name of ['here', 'fpath']) mkdirSync(join(folder, name));
  copyFileSync(join(folder, 'complete.zsh'), join(folder, 'fpath', '_cdk8s-ci-deploy'));
  for (const name of ['one.yaml', 'two words.yaml']) writeFileSync(join(folder, 'here', name), '');
}, TIMEOUT);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sets the words as bash does when the user presses Tab, and prints the candidates of each command line after its number. */
const BASH = `
compopt() { :; }
complete_line() {
  COMP_WORDS=("$@")
  COMP_CWORD=$(( $# - 1 ))
  _cdk8s_ci_deploy
  printf '%s\\n' "\${COMPREPLY[@]}"
}`;

/** Appends what completion adds to the file FOUND, and ends the shell. */
const ZSHRC = `
PS1=
LISTMAX=10000
fpath=($FPATH_FIRST $fpath)
autoload -Uz compinit
compinit -u -d $DUMP
[[ -n $SCRIPT ]] && source $SCRIPT
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  local -a found
  builtin compadd -A found "$@"
  builtin compadd "$@"
  local one
  for one in $found; do print -r -- "FOUND:$one:" >> $FOUND; done
}
finish() { print END >> $FOUND; exit }
comppostfuncs=(finish)
bindkey '^I' complete-word
cd $HERE
print READY`;

/** Types a line and Tab into a zsh on a terminal of its own. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -i
zpty -r -m z text '*READY*'
zpty -w -n z "$1"$'\\t'
while zpty -r z text; do :; done`;

function candidates(shell: Shell, lines: readonly string[][]): string[][] {
  return shell === 'zsh' ? lines.map((words) => candidatesInZsh(words)) : candidatesAtOnce(shell, lines);
}

function candidatesAtOnce(shell: 'bash' | 'fish', lines: readonly string[][]): string[][] {
  const quoted = (word: string) => `'${word}'`;
  const calls = lines.map((words) => shell === 'bash'
    ? `complete_line ${['cdk8s-ci-deploy', ...words].map(quoted).join(' ')}`
    : `complete -C ${quoted(['cdk8s-ci-deploy', ...words].join(' '))}`);
  const script = [`cd '${join(folder, 'here')}'`, `source '${join(folder, `complete.${shell}`)}'`, ...shell === 'bash' ? [BASH] : [], ...calls.flatMap((call) => [call, 'echo ----'])];
  const { stdout, stderr } = spawnSync(shell, shell === 'bash' ? ['--norc', '-c', script.join('\n')] : ['--no-config', '-c', script.join('\n')], {
    encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder },
  });
  expect(stderr).toBe('');
  return stdout.split('----\n').slice(0, -1).map((text) => text.split('\n').map((line) => line.split('\t')[0] ?? '').filter((word) => word !== ''));
}

function candidatesInZsh(words: readonly string[], { isSourced = true } = {}): string[] {
  const found = join(folder, 'found');
  writeFileSync(found, '');
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TERM: 'xterm',
    ZDOTDIR: folder,
    HERE: join(folder, 'here'),
    FOUND: found,
    DUMP: join(folder, isSourced ? 'dump' : 'dump-fpath'),
    SCRIPT: isSourced ? join(folder, 'complete.zsh') : '',
    FPATH_FIRST: isSourced ? '' : join(folder, 'fpath'),
  };
  spawnSync('zsh', ['-f', '-c', ZSH, 'zsh', ['cdk8s-ci-deploy', ...words].join(' ')], { encoding: 'utf8', timeout: 60_000, env });
  const text = readFileSync(found, 'utf8');
  expect(text).toContain('END');
  return [...text.matchAll(/^FOUND:(.*):$/gm)].map(([, word]) => word ?? '');
}

function optionsOf({ options }: Command): string[] {
  const letters = [...options.keys()].flatMap((name) => LETTERS.get(name) ?? []);
  return [...[...options.keys(), 'help'].map((name) => `--${name}`), ...[...letters, 'h'].map((letter) => `-${letter}`)];
}

const CHOICES = ALL.flatMap(({ name: command, options }) => [...options].flatMap(([name, { takes = '' }]) =>
  /^[a-z_]+\|/.test(takes) ? [{ command, name, words: takes.split('|') }] : []));

describe.each([...SHELLS])('%s', (shell) => {
  test('completes every command, and the options of the program', () => {
    const [all = [], some = [], options = []] = candidates(shell, [[''], ['ro'], ['--']]);

    expect(all).toEqual(expect.arrayContaining([...NAMES, 'help']));
    expect([some.sort(), options.sort()]).toEqual([['rollback', 'rotate'], ['--help', '--version']]);
  }, TIMEOUT);

  test('completes every option and letter of every command, and no other', () => {
    const found = candidates(shell, ALL.map(({ name }) => [name, '-']));

    expect(found.map((words) => words.sort())).toEqual(ALL.map((command) => optionsOf(command).sort()));
  }, TIMEOUT);

  test('completes the fixed values of every option', () => {
    const found = candidates(shell, CHOICES.map(({ command, name }) => [command, `--${name}`, '']));

    expect(found.map((words) => words.sort())).toEqual(CHOICES.map(({ words }) => [...words].sort()));
  }, TIMEOUT);

  test('completes fixed values after a letter', () => {
    expect(candidates(shell, [['status', '-o', 't'], ['verify', '-o', 'js']])).toEqual([['text'], ['json']]);
  }, TIMEOUT);

  test('completes names of files where a command reads or writes files, and nothing for other values', () => {
    const [operand = [], option = [], manifest = [], name = []] = candidates(shell, [['grant', ''], ['deploy', '--junit', ''], ['deploy', '-f', 'o'], ['deploy', '--app', '']]);

    expect([operand, option, manifest].map((words) => words.map((word) => word.replace(/\\/g, '')).sort())).toEqual([
      ['one.yaml', 'two words.yaml'], ['one.yaml', 'two words.yaml'], ['one.yaml'],
    ]);
    expect(name).toEqual([]);
  }, TIMEOUT);

  test('completes the commands of help, and the shells of completion', () => {
    const [help = [], shells = []] = candidates(shell, [['help', ''], ['completion', '']]);

    expect([help.sort(), shells.sort()]).toEqual([[...NAMES].sort(), ['bash', 'fish', 'zsh']]);
  }, TIMEOUT);
});

test('bash completes a value after "=", which is a word of its own there', () => {
  expect(candidates('bash', [['status', '--output', '=', 'j'], ['status', '--output', '=']])).toEqual([['json'], ['text', 'json']]);
});

test('zsh completes with the script in a folder of fpath', () => {
  expect(candidatesInZsh(['status', '-o', 'js'], { isSourced: false })).toEqual(['json']);
});
