import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedFolder } from './npm-tool';

const before = process.env.XDG_CACHE_HOME;
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'npm-tool-'));
  process.env.XDG_CACHE_HOME = cache;
});

afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true, force: true });
});

test('the cache fills a folder once', () => {
  const fill = jest.fn((folder: string) => writeFileSync(join(folder, 'program'), 'x'));

  const folders = [cachedFolder('tool@1', fill), cachedFolder('tool@1', fill)];

  expect(folders).toEqual([join(cache, 'cdk8s-ci-deploy', 'tool@1'), join(cache, 'cdk8s-ci-deploy', 'tool@1')]);
  expect(fill).toHaveBeenCalledTimes(1);
  expect(readFileSync(join(folders[0]!, 'program'), 'utf8')).toBe('x');
});

test('the cache leaves no incomplete folder after an error', () => {
  const half = (folder: string) => {
    writeFileSync(join(folder, 'half'), '');
    throw new Error('connection lost');
  };

  expect(() => cachedFolder('tool@1', half)).toThrow('connection lost');
  expect(readdirSync(join(cache, 'cdk8s-ci-deploy'))).toEqual([]);
});

test('the cache keeps the folder of a faster worker', () => {
  const folder = cachedFolder('tool@1', (part) => {
    cachedFolder('tool@1', (other) => writeFileSync(join(other, 'theirs'), ''));
    writeFileSync(join(part, 'ours'), '');
  });

  expect(existsSync(join(folder, 'theirs'))).toBe(true);
  expect(readdirSync(join(cache, 'cdk8s-ci-deploy'))).toEqual(['tool@1']);
});
