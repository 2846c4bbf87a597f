import { basename } from 'node:path';
import { checkObject, isException, ObjectRules } from './check-object';
import { isObject, Json } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { decodeText } from '../../../base/text-file';
import { show, typeInWords, userError } from '../../../base/user-error';
import { containersOf } from '../../../kubernetes/container-images';
import { hookProblem } from '../../../kubernetes/hooks';
import { kindName } from '../../../kubernetes/kinds';
import { KUSTOMIZATION } from '../../../kubernetes/tool-input';
import { parseManifest, PlacedObject, unfoldList } from '../../../yaml/manifest-parser';
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
  const read: Array<{ readonly documents: readonly PlacedObject[]; readonly problems: Problems }> = [];
  for (const source of problems.attempt(() => manifestFiles(names, files, options.recursive)) ?? []) {
    const its = new Problems();
    const file = await readFile(source, files).catch((error: unknown) => its.add(error));
    read.push({ documents: file ? documentsOf(file, its) : [], problems: its });
  }
  // Before the checks, since their messages show values.
  rememberSecretValues(read.flatMap(({ documents }) => documents.map(({ value }) => value)), options.publicWords);
  const objects = read.flatMap(({ documents, problems: its }) => {
    problems.join(its);
    for (const document of documents) problems.attempt(() => checkHook(document));
    return documents.flatMap(({ at, value }) => checkObject(at, value, options, problems) ?? []);
  });
  checkDuplicates(objects, problems);
  const all = read.flatMap(({ documents }) => documents);
  for (const exception of options.imagesFromController ?? []) problems.attempt(() => checkException(exception, all));
  problems.check('the manifests; nothing was contacted');
  if (objects.length > 0 || options.allowEmpty) return objects;
  throw userError({
    at: names.join(', '),
    given: 'it has no Kubernetes object',
    expected: 'the manifests of the release',
    fix: 'check the step that writes the manifests, or allow an empty release, which removes all objects of the last one (--allow-empty)',
  });
}

interface ManifestSource {
  readonly name: string;
  /** The folder that the user named, if the file is in one. */
  readonly folder?: string;
}

/** Files as they are given. Of folders the YAML and JSON files in the order of their names, as kubectl reads them. */
function manifestFiles(names: readonly string[], files: Files, recursive: boolean): ManifestSource[] {
  return names.flatMap((name) => {
    const inFolder = name === '-' ? undefined : filesIn(name, files, recursive);
    return inFolder?.map((file) => ({ name: file, folder: name })) ?? [{ name }];
  });
}

function filesIn(folder: string, files: Files, recursive: boolean): string[] | undefined {
  const entries = files.list(folder);
  if (!entries) return undefined;
  const all: string[] = [];
  for (const { name, isFolder } of entries) {
    if (isFolder && recursive) all.push(...filesIn(name, files, recursive) ?? []);
    if (!isFolder) checkKustomization(folder, name, files);
    if (!isFolder && /\.(?:ya?ml|json)$/.test(name)) all.push(name);
  }
  return all;
}

/** The other files of such a folder are patches and unfinished objects. Flux has an object of the same name, which is a manifest. */
function checkKustomization(folder: string, name: string, files: Files): void {
  if (!/^(?:kustomization\.ya?ml|Kustomization)$/.test(basename(name))) return;
  const groups = [...decodeText(files.readRegular(name), name).matchAll(/^(?:- )?apiVersion:\s*["']?([^\s"'/]+)/gm)].map(([, group]) => group);
  if (groups.length > 0 && !groups.includes('kustomize.config.k8s.io')) return;
  throw userError({ at: folder, ...KUSTOMIZATION, given: `its ${basename(name)} is an input of kustomize`, fix: KUSTOMIZATION.fix.replace('FOLDER', printableText(folder)) });
}

interface ManifestFile {
  /** The name in errors. */
  readonly name: string;
  readonly text: string;
}

async function readFile({ name, folder }: ManifestSource, files: Files): Promise<ManifestFile> {
  const called = name === '-' ? 'standard input' : name;
  if (name === '-' && files.stdinIsTerminal) {
    throw userError({ at: called, given: 'it is a terminal', expected: 'manifests on standard input', fix: 'name files, or pipe the manifests in' });
  }
  if (folder !== undefined && !files.isWithin(folder, name)) {
    throw userError({ at: called, given: `it is a symbolic link out of ${printableText(folder)}`, expected: 'a file of the folder', fix: 'copy the file into the folder, or name it itself' });
  }
  return { name: called, text: decodeText(name === '-' ? await files.read(name) : files.readRegular(name), called) };
}

function documentsOf({ name, text }: ManifestFile, problems: Problems): PlacedObject[] {
  if (isBlank(text)) return [];
  const documents = problems.attempt(() => parseManifest(text, name)) ?? [];
  return documents.flatMap(({ at, value }) => unfoldList({ at: at(), value }, (place, item) => problems.add(notAnObject(place, item))));
}

/** A template may render nothing but comments and document markers. */
function isBlank(text: string): boolean {
  return /^\ufeff?(?:[ \t]*(?:---[ \t]*)?(?:#[^\n]*)?\r?(?:\n|$))*$/.test(text);
}

function notAnObject(at: string, item: Json): Error {
  const expected = at.endsWith('items') ? 'a list of Kubernetes objects' : 'a Kubernetes object';
  return userError({ at, given: `it is ${typeInWords(item)}`, expected, fix: 'remove it, or give it apiVersion, kind and metadata' });
}

function checkException(exception: string, all: readonly PlacedObject[]): void {
  const isUsed = ({ value }: PlacedObject) => containersOf(value).some((container) => isException(exception, value, container));
  if (all.some(isUsed)) return;
  throw userError({ at: '--image-from-controller', given: `no object has a container ${show(exception)}`, expected: 'CONTAINER or OBJECT/CONTAINER', fix: 'correct the name, or remove the option' });
}

/** A record is not checked for hooks: a rollback runs no Job. */
function checkHook({ at, value: { apiVersion, kind, metadata } }: PlacedObject): void {
  const problem = isObject(metadata) ? hookProblem(at, String(apiVersion), String(kind), metadata) : undefined;
  if (problem) throw userError(problem);
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
