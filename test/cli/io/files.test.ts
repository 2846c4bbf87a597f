import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '../../../src/base/user-error';
import { Files } from '../../../src/cli/io/files';
import { cliFolder, fileMode, fileNames, fileText } from '../../support/cli';
import { FakeClock } from '../../support/fake-clock';

function filesIn(stdin = ''): Files {
  return new Files({ cwd: cliFolder(), stdin: Readable.from([Buffer.from(stdin)]) });
}

function inFolder(name: string): string {
  return join(cliFolder(), name);
}

test('isOwn compares the owner of a file with the current user', () => {
  writeFileSync(inFolder('own'), '');
  writeFileSync(inFolder('other'), '');
  // Only root can change the owner of a file. For other users, /etc belongs to another user.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(inFolder('other'), 65534, 65534);

  expect(filesIn().isOwn('own')).toBe(true);
  expect(filesIn().isOwn(isRoot ? 'other' : '/etc')).toBe(process.getuid === undefined);
  expect(filesIn().isOwn('absent')).toBe(false);
});

describe('reading', () => {
  test('returns the bytes of a file, relative to the current folder', async () => {
    writeFileSync(inFolder('a'), Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a]));

    expect(await filesIn().read('a')).toEqual(Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a]));
  });

  test('reads standard input for "-"', async () => {
    expect((await filesIn('typed').read('-')).toString()).toBe('typed');
  });

  test('stops at 8 MiB, for files and for standard input', async () => {
    const large = 'x'.repeat(8 * 1024 * 1024 + 1);
    writeFileSync(inFolder('large'), large);

    await expect(filesIn().read('large')).rejects.toThrow('large: it is larger than 8 MiB');
    await expect(filesIn(large).read('-')).rejects.toThrow('standard input: it is larger than 8 MiB');
    expect(await filesIn(large.slice(1)).read('-')).toHaveLength(8 * 1024 * 1024);
  });

  test.each<[string, string]>([
    ['absent', 'file not found: absent. Check the name: it is relative to /'],
    ['folder', 'cannot read folder: it is a folder. Name a file'],
    ['file/below', 'cannot read file/below: a part of its path is not a folder. Check the name'],
    ['circle', 'cannot read circle: its symbolic links form a circle'],
    ['x'.repeat(300), 'the name is too long. Choose a shorter one'],
  ])('explains why %s cannot be read', async (name, expected) => {
    mkdirSync(inFolder('folder'));
    writeFileSync(inFolder('file'), '');
    symlinkSync('circle', inFolder('circle'));

    await expect(filesIn().read(name)).rejects.toThrow(UserError);
    await expect(filesIn().read(name)).rejects.toThrow(expected);
  });
});

describe('reading a pipe', () => {
  const fifo = (name: string) => execFileSync('mkfifo', [inFolder(name)]);
  const waiting = (signal?: AbortSignal) => new Files({ cwd: cliFolder(), stdin: Readable.from([]), clock: new FakeClock(), signal });

  test('returns what its writer writes, also when the writer begins later', async () => {
    fifo('later');
    const reading = filesIn().read('later');
    execFile('/bin/sh', ['-c', 'printf one >later; exec 3>later; printf two >&3'], { cwd: cliFolder() });
    // Two writers: the pipe ends when the first one closes it, unless the second one has opened it.
    expect((await reading).toString()).toMatch(/^one(?:two)?$/);
  });

  test('returns more than a pipe holds', async () => {
    fifo('large');
    const reading = filesIn().read('large');
    execFile('/bin/sh', ['-c', 'head -c 300000 /dev/zero >large'], { cwd: cliFolder() });
    expect(await reading).toHaveLength(300_000);
  });

  test('fails after 10 s without a writer', async () => {
    fifo('empty');
    await expect(waiting().read('empty')).rejects.toThrow('cannot read empty: no program writes into this pipe. Name a file');
  });

  test('ends when the command ends', async () => {
    fifo('empty');
    const abort = new AbortController();
    const reading = new Files({ cwd: cliFolder(), stdin: Readable.from([]), signal: abort.signal }).read('empty');
    abort.abort(new Error('ended'));
    await expect(reading).rejects.toThrow('ended');
  });

  test('is refused where only a regular file is read, as is a device', () => {
    fifo('pipe');
    symlinkSync('pipe', inFolder('link.yaml'));
    for (const name of ['pipe', 'link.yaml', '/dev/null']) {
      expect(() => filesIn().readRegular(name)).toThrow(`cannot read ${name}: it is not a regular file. Name a file, or pipe it into standard input (-)`);
    }
    mkdirSync(inFolder('folder'));
    expect(() => filesIn().readRegular('folder')).toThrow('cannot read folder: it is a folder. Name a file');
  });
});

test('isWithin follows symbolic links', () => {
  mkdirSync(inFolder('in/..data'), { recursive: true });
  writeFileSync(inFolder('in/..data/a'), '');
  writeFileSync(inFolder('outside'), '');
  symlinkSync('..data/a', inFolder('in/a'));
  symlinkSync('in', inFolder('named'));
  symlinkSync('../outside', inFolder('in/b'));
  symlinkSync('b', inFolder('in/c'));
  symlinkSync('/etc/hostname', inFolder('in/d'));
  symlinkSync('absent', inFolder('in/e'));
  const within = (folder: string, name: string) => filesIn().isWithin(folder, join(folder, name));
  expect(['..data/a', 'a', 'b', 'c', 'd', 'e'].map((name) => within('in', name))).toEqual([true, true, false, false, false, true]);
  expect([within('named', 'a'), within('named', 'b')]).toEqual([true, false]);
});

describe('writing', () => {
  test('replaces a file, keeps its mode and leaves no temporary file', () => {
    writeFileSync(inFolder('a'), 'old');
    chmodSync(inFolder('a'), 0o640);
    filesIn().write('a', 'new');

    expect(fileText('a')).toBe('new');
    expect(fileMode('a')).toBe(0o640);
    expect(fileNames()).toEqual(['a']);
  });

  test('writes through a symbolic link', () => {
    writeFileSync(inFolder('a'), 'old');
    symlinkSync('a', inFolder('link'));
    filesIn().write('link', 'new');

    expect(fileText('a')).toBe('new');
    expect(fileNames()).toEqual(['a', 'link']);
  });

  test('creates a secret that only its owner can read', () => {
    filesIn().write('secret', 'new', { secret: true });

    expect(fileText('secret')).toBe('new');
    expect(fileMode('secret')).toBe(0o600);
    expect(fileNames()).toEqual(['secret']);
  });

  test('does not replace a file by a secret', () => {
    writeFileSync(inFolder('a'), 'old');

    expect(() => filesIn().write('a', 'new', { secret: true })).toThrow('file exists: a. Choose another name, or replace it with --force');
    expect(fileText('a')).toBe('old');
    expect(fileNames()).toEqual(['a']);
  });

  test('replaces a file by a secret with force, readable only by its owner', () => {
    writeFileSync(inFolder('a'), 'old', { mode: 0o644 });
    filesIn().write('a', 'new', { secret: true, force: true });

    expect(fileText('a')).toBe('new');
    expect(fileMode('a')).toBe(0o600);
  });

  test('does not write a secret through a symbolic link, even with force', () => {
    writeFileSync(inFolder('a'), 'old');
    symlinkSync('a', inFolder('link'));

    expect(() => filesIn().write('link', 'new', { secret: true, force: true })).toThrow('cannot write link: it is not a regular file');
    expect(readFileSync(inFolder('a'), 'utf8')).toBe('old');
  });

  test.each<[string, string]>([
    ['folder', 'cannot write folder: it is not a regular file'],
    ['/dev/null', 'cannot write /dev/null: it is not a regular file'],
    ['absent/file', 'cannot write absent/file: its folder does not exist. Create it first: mkdir -p absent'],
    ['file/below', 'cannot write file/below: a part of its path is not a folder'],
  ])('explains why %s cannot be written, and leaves no temporary file', (name, expected) => {
    mkdirSync(inFolder('folder'));
    writeFileSync(inFolder('file'), '');

    expect(() => filesIn().write(name, 'new')).toThrow(expected);
    expect(fileNames()).toEqual(['file', 'folder']);
  });
});
