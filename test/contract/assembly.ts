import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ASSEMBLY = join(__dirname, '..', '..', '.jsii');
const RECORDED = join(__dirname, 'recorded', 'assembly.json');

/** Fields of docs, of places in the sources, and of the release or compiler. They are not part of the API. */
const LEFT_OUT = new Set(['docs', 'readme', 'locationInModule', 'symbolId', 'fingerprint', 'version', 'jsiiVersion']);

/**
 * The API of the library after the last `npm run compile`. Programs in every language depend on it.
 */
export function assembly(): string {
  if (!existsSync(ASSEMBLY)) throw new Error('the library is not built: run npm run compile');
  return `${JSON.stringify(withoutWords(JSON.parse(readFileSync(ASSEMBLY, 'utf8'))), null, 1)}\n`;
}

export function recordedAssembly(): string {
  return existsSync(RECORDED) ? readFileSync(RECORDED, 'utf8') : '';
}

export function recordAssembly(): void {
  writeFileSync(RECORDED, assembly());
}

/** With sorted keys. Lists in the fields of `SORTED` are sorted; other lists, such as parameters, keep their order. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key)).sort(([one], [other]) => (one < other ? -1 : 1));
  const part = (key: string, one: unknown) => (SORTED.has(key) && Array.isArray(one) ? sorted(one.map(withoutWords)) : withoutWords(one));
  return Object.fromEntries(entries.map(([key, one]) => [key, part(key, one)]));
}

const SORTED = new Set(['methods', 'properties', 'members', 'interfaces', 'keywords']);

function sorted(list: readonly unknown[]): unknown[] {
  const text = (one: unknown) => JSON.stringify((one as { readonly name?: string }).name ?? one);
  return [...list].sort((one, other) => (text(one) < text(other) ? -1 : 1));
}
