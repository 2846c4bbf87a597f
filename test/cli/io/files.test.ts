import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '../../../src/base/user-error';
import { Files } from '../../../src/cli/io/files';
import { cliFolder, fileMode, fileNames, fileText } from '../../support/cli';

function door(stdin = ''): Files {
  return new Files({ cwd: cliFolder(), stdin: Readable.from([Buffer.from(stdin)]) });
}

function inFolder(name: string): string {
  return join(cliFolder(), name);
}

test('a file is the user\'s own, or is not', () => {
  writeFileSync(inFolder('own'), '');
  writeFileSync(inFolder('other'), '');
  // Only root can give a file away, and everything else is root's.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(inFolder('other'), 65534, 65534);

  expect(door().isOwn('own')).toBe(true);
  expect(door().isOwn(isRoot ? 'other' : '/etc')).toBe(process.getuid === undefined);
  expect(door().isOwn('absent')).toBe(false);
});

describe('reading', () => {
  test('gives the bytes of a file, relative to the folder', async () => {
    writeFileSync(inFolder('a'), Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a]));

    expect(await door().read('a')).toEqual(Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a]));
  });

  test('takes "-" for standard input', async () => {
    expect((await door('typed').read('-')).toString()).toBe('typed');
  });

  test('stops at 8 MiB, from a file as from standard input', async () => {
    const large = 'x'.repeat(8 * 1024 * 1024 + 1);
    writeFileSync(inFolder('large'), large);

    await expect(door().read('large')).rejects.toThrow('large: it is larger than 8 MiB');
    await expect(door(large).read('-')).rejects.toThrow('standard input: it is larger than 8 MiB');
    expect(await door(large.slice(1)).read('-')).toHaveLength(8 * 1024 * 1024);
  });

  test.each<[string, string]>([
    ['absent', 'absent: cannot read it, there is no such file or folder'],
    ['folder', 'folder: cannot read it, it is a folder'],
    ['file/below', 'file/below: cannot read it, a part of its path is not a folder'],
    ['circle', 'circle: cannot read it, its symbolic links go round in a circle'],
    ['x'.repeat(300), 'its name is too long'],
  ])('refuses %s in clear words', async (name, expected) => {
    mkdirSync(inFolder('folder'));
    writeFileSync(inFolder('file'), '');
    symlinkSync('circle', inFolder('circle'));

    await expect(door().read(name)).rejects.toThrow(UserError);
    await expect(door().read(name)).rejects.toThrow(expected);
  });
});

describe('writing', () => {
  test('replaces a file, keeps its mode and leaves nothing else behind', () => {
    writeFileSync(inFolder('a'), 'old');
    chmodSync(inFolder('a'), 0o640);
    door().write('a', 'new');

    expect(fileText('a')).toBe('new');
    expect(fileMode('a')).toBe(0o640);
    expect(fileNames()).toEqual(['a']);
  });

  test('writes through a symbolic link', () => {
    writeFileSync(inFolder('a'), 'old');
    symlinkSync('a', inFolder('link'));
    door().write('link', 'new');

    expect(fileText('a')).toBe('new');
    expect(fileNames()).toEqual(['a', 'link']);
  });

  test('gives a secret to its owner alone', () => {
    door().write('secret', 'new', { secret: true });

    expect(fileText('secret')).toBe('new');
    expect(fileMode('secret')).toBe(0o600);
    expect(fileNames()).toEqual(['secret']);
  });

  test('does not replace anything by a secret', () => {
    writeFileSync(inFolder('a'), 'old');

    expect(() => door().write('a', 'new', { secret: true })).toThrow('a: cannot write it, it exists already, expected a file to write; name another one, or replace it by --force');
    expect(fileText('a')).toBe('old');
    expect(fileNames()).toEqual(['a']);
  });

  test('replaces a file by a secret when forced to, and takes it from the others', () => {
    writeFileSync(inFolder('a'), 'old', { mode: 0o644 });
    door().write('a', 'new', { secret: true, force: true });

    expect(fileText('a')).toBe('new');
    expect(fileMode('a')).toBe(0o600);
  });

  test('does not follow a symbolic link with a secret, even when forced to', () => {
    writeFileSync(inFolder('a'), 'old');
    symlinkSync('a', inFolder('link'));

    expect(() => door().write('link', 'new', { secret: true, force: true })).toThrow('link: it is not a regular file');
    expect(readFileSync(inFolder('a'), 'utf8')).toBe('old');
  });

  test.each<[string, string]>([
    ['folder', 'folder: it is not a regular file'],
    ['/dev/null', '/dev/null: it is not a regular file'],
    ['absent/file', 'absent/file: cannot write it, there is no such file or folder'],
    ['file/below', 'file/below: cannot write it, a part of its path is not a folder'],
  ])('refuses %s and leaves nothing behind', (name, expected) => {
    mkdirSync(inFolder('folder'));
    writeFileSync(inFolder('file'), '');

    expect(() => door().write(name, 'new')).toThrow(expected);
    expect(fileNames()).toEqual(['file', 'folder']);
  });
});
