import { checkObject, ObjectRules } from './check-object';
import { isObject, JsonObject } from '../../../base/json';
import { decodeText } from '../../../base/text-file';
import { show, typeInWords, userError } from '../../../base/user-error';
import { kindName } from '../../../kubernetes/kinds';
import { parseManifest } from '../../../yaml/manifest-parser';
import type { Files } from '../../io/files';
import { Problems } from '../objects/object-problems';
import type { ReleaseObject } from '../objects/release';
import { rememberSecretValues } from '../objects/secret-values';

export interface ReadOptions extends ObjectRules {
  /** Names that no Secret keeps secret: of the application, its environment and its namespace. */
  readonly publicWords: readonly string[];
  /** Whether folders in folders are read, too. */
  readonly recursive: boolean;
  /** Whether the manifests may have no object at all, which removes the release. */
  readonly allowEmpty: boolean;
}

/**
 * Reads and checks the manifests of files, folders and standard input (`-`). Lists are unfolded. Nothing is contacted.
 *
 * @throws `UserError` with the problems of all files.
 */
export async function readManifests(names: readonly string[], files: Files, options: ReadOptions): Promise<ReleaseObject[]> {
  const problems = new Problems();
  const read: Array<{ readonly documents: readonly Located[]; readonly problems: Problems }> = [];
  for (const name of problems.attempt(() => manifestFiles(names, files, options.recursive)) ?? []) {
    const its = new Problems();
    const file = await readFile(name, files).catch((error: unknown) => its.add(error));
    read.push({ documents: file ? documentsOf(file, its) : [], problems: its });
  }
  // Before the checks, since their messages show values.
  rememberSecretValues(read.flatMap(({ documents }) => documents.map(({ value }) => value)), options.publicWords);
  const objects = read.flatMap(({ documents, problems: its }) => {
    problems.join(its);
    return documents.flatMap(({ at, value }) => checkObject(at, value, options, problems) ?? []);
  });
  checkDuplicates(objects, problems);
  problems.check('the manifests; nothing was contacted');
  if (objects.length > 0 || options.allowEmpty) return objects;
  throw userError({
    at: names.join(', '),
    given: 'it has no Kubernetes object',
    expected: 'the manifests of the release',
    fix: 'check the step that writes the manifests, or allow an empty release, which removes all objects of the last one (--allow-empty)',
  });
}

/** Files as they are given. Of folders the YAML and JSON files in the order of their names, as kubectl reads them. */
function manifestFiles(names: readonly string[], files: Files, recursive: boolean): string[] {
  return names.flatMap((name) => (name === '-' ? [name] : filesIn(name, files, recursive) ?? [name]));
}

function filesIn(folder: string, files: Files, recursive: boolean): string[] | undefined {
  const entries = files.list(folder);
  return entries?.flatMap(({ name, isFolder }) => {
    if (isFolder) return recursive ? filesIn(name, files, recursive) ?? [] : [];
    return /\.(?:ya?ml|json)$/.test(name) ? [name] : [];
  });
}

interface ManifestFile {
  /** The name in errors. */
  readonly name: string;
  readonly text: string;
}

async function readFile(name: string, files: Files): Promise<ManifestFile> {
  const called = name === '-' ? 'standard input' : name;
  if (name === '-' && files.stdinIsTerminal) {
    throw userError({ at: called, given: 'it is a terminal', expected: 'manifests on standard input', fix: 'name files, or pipe the manifests in' });
  }
  return { name: called, text: decodeText(await files.read(name), called) };
}

interface Located {
  readonly at: string;
  readonly value: JsonObject;
}

function documentsOf({ name, text }: ManifestFile, problems: Problems): Located[] {
  if (isBlank(text)) return [];
  const documents = problems.attempt(() => parseManifest(text, name)) ?? [];
  return documents.flatMap(({ at, value }) => unfold(at(), value, problems));
}

/** A template may render nothing but comments and document markers. */
function isBlank(text: string): boolean {
  return /^\ufeff?(?:[ \t]*(?:---[ \t]*)?(?:#[^\n]*)?\r?(?:\n|$))*$/.test(text);
}

function unfold(at: string, value: JsonObject, problems: Problems): Located[] {
  if (value.kind !== 'List' || !Array.isArray(value.items)) return [{ at, value }];
  return value.items.flatMap((item, index) => {
    const place = `${at}: items[${index}]`;
    if (isObject(item)) return unfold(place, item, problems);
    problems.add(userError({ at: place, given: `it is ${typeInWords(item)}`, expected: 'a Kubernetes object', fix: 'remove the item, or give it apiVersion, kind and metadata' }));
    return [];
  });
}

function checkDuplicates(objects: readonly ReleaseObject[], problems: Problems): void {
  const first = new Map<string, string>();
  for (const { at, apiVersion, kind, name } of objects) {
    const key = `${kindName(apiVersion, kind)} ${show(name)}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, at);
    else problems.add(userError({ at, given: `${key} is also at ${other}`, expected: 'each object once', fix: 'remove one of them' }));
  }
}
