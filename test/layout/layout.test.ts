import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architecture } from './architecture';
import { cycles } from './cycles';
import { LAYOUT } from './layout';
import { folderOf, loadedBy, purposeOf, Source, sources } from './sources';

const SOURCES = sources();
const FILES = new Map(SOURCES.map((source) => [source.path, source]));

const linesOf = ({ text }: Source) => text.split('\n').length - 1;

describe('the layout of src/', () => {
  test('names every folder', () => {
    const folders = new Set(SOURCES.map(({ folder }) => folder).filter((folder) => folder !== ''));
    expect([...folders].sort()).toEqual(LAYOUT.map(({ folder }) => folder).sort());
  });

  test.each(LAYOUT.map(({ folder }) => folder))('has a README in %s whose first line says the purpose', (folder) => {
    expect(purposeOf(folder)).toMatch(/^[A-Z].{10,110}\.$/);
  });

  test.each(LAYOUT)('lets $folder import the folders of its row only', ({ folder, mayImport }) => {
    const imported = SOURCES.filter((source) => source.folder === folder).flatMap(({ path, imports }) => imports.map((other) => ({ path, other })));
    const forbidden = imported.filter(({ other }) => folderOf(other) !== folder && !mayImport.includes(folderOf(other)));
    expect(forbidden.map(({ path, other }) => `${path} imports ${other}`)).toEqual([]);
  });

  test('has no row that may import a row below it', () => {
    const above = LAYOUT.map(({ folder, mayImport }, index) => {
      const before = LAYOUT.slice(0, index).map((room) => room.folder);
      return { folder, below: mayImport.filter((other) => !before.includes(other)) };
    });
    expect(above.filter(({ below }) => below.length > 0)).toEqual([]);
  });

  test('has no circle of files', () => {
    expect(cycles(new Map(SOURCES.map(({ path, imports }) => [path, imports])))).toEqual([]);
  });

  test('lets the library import nothing of the command', () => {
    const library = SOURCES.filter(({ path }) => !path.startsWith('cli/'));
    expect(library.filter(({ imports }) => imports.some((path) => path.startsWith('cli/'))).map(({ path }) => path)).toEqual([]);
  });
});

describe('the files of src/', () => {
  test('are few enough to know', () => {
    expect(SOURCES.length).toBeLessThanOrEqual(330);
  });

  test('hold one concept each, so the median is 70 to 110 lines and no file is longer than 450', () => {
    const lengths = SOURCES.map(linesOf).sort((one, other) => one - other);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeGreaterThanOrEqual(70);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(110);
    expect(lengths.at(-1)).toBeLessThanOrEqual(450);
  });

  test('are seldom a helper of a single other file', () => {
    const importers = (path: string) => SOURCES.filter(({ imports }) => imports.includes(path)).length;
    const helpers = SOURCES.filter((source) => linesOf(source) < 40 && importers(source.path) === 1);
    expect(helpers.length <= 15 ? [] : helpers.map(({ path }) => path)).toEqual([]);
  });

  test('make up a deploy command that loads few of them', () => {
    expect(loadedBy('cli/commands/deploy.ts', FILES).size).toBeLessThanOrEqual(130);
  });
});

test('docs/architecture.md is made from the layout', () => {
  expect(readFileSync(join(__dirname, '..', '..', 'docs', 'architecture.md'), 'utf8')).toBe(architecture());
});
