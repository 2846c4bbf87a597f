import { checkObject, ObjectRules } from './check-object';
import { ManifestFile, manifestFiles, readManifestFile } from './manifest-files';
import { isObject, JsonObject } from '../../../base/json';
import { userError, show } from '../../../base/user-error';
import { kindName } from '../../../kubernetes/kinds';
import { parseManifest } from '../../../yaml/manifest-parser';
import type { Files } from '../../io/files';
import { Problems } from '../objects/object-problems';
import type { ReleaseObject } from '../objects/release';

/**
 * How manifests are read.
 */
export interface ReadOptions extends ObjectRules {
  /** Whether folders in folders are read, too. */
  readonly recursive: boolean;
  /** Whether there may be no object at all, which removes the release. */
  readonly allowEmpty: boolean;
}

/**
 * The objects of manifests in files, folders and standard input (`-`), each checked; Lists are unfolded. Nothing is contacted.
 *
 * @throws One refusal with every problem of all files.
 */
export async function readRelease(names: readonly string[], files: Files, options: ReadOptions): Promise<ReleaseObject[]> {
  const problems = new Problems();
  const objects: ReleaseObject[] = [];
  for (const name of problems.attempt(() => manifestFiles(names, files, options.recursive)) ?? []) {
    const file = await readManifestFile(name, files).catch((error: unknown) => problems.add(error));
    const documents = file ? documentsOf(file, problems) : [];
    objects.push(...documents.flatMap(({ at, value }) => checkObject(at, value, options, problems) ?? []));
  }
  checkDuplicates(objects, problems);
  problems.check('the manifests; nothing was contacted');
  if (objects.length > 0 || options.allowEmpty) return objects;
  throw userError({
    at: names.join(', '),
    given: 'there is no object in it',
    expected: 'what this release is made of',
    fix: 'see what wrote the manifests, or let the release be empty, which removes what the last one had (--allow-empty)',
  });
}

interface Placed {
  readonly at: string;
  readonly value: JsonObject;
}

function documentsOf({ name, text }: ManifestFile, problems: Problems): Placed[] {
  if (isBlank(text)) return [];
  const documents = problems.attempt(() => parseManifest(text, name)) ?? [];
  return documents.flatMap(({ at, value }) => unfold(at(), value, problems));
}

/** What renders manifests may leave a file with nothing but comments and document markers. */
function isBlank(text: string): boolean {
  return /^\ufeff?(?:[ \t]*(?:---[ \t]*)?(?:#[^\n]*)?\r?(?:\n|$))*$/.test(text);
}

function unfold(at: string, value: JsonObject, problems: Problems): Placed[] {
  if (value.kind !== 'List' || !Array.isArray(value.items)) return [{ at, value }];
  return value.items.flatMap((item, index) => {
    const place = `${at}: items[${index}]`;
    if (isObject(item)) return unfold(place, item, problems);
    problems.add(userError({ at: place, given: `it is ${show(item)}`, expected: 'a Kubernetes object', fix: 'correct the List' }));
    return [];
  });
}

function checkDuplicates(objects: readonly ReleaseObject[], problems: Problems): void {
  const first = new Map<string, string>();
  for (const { at, apiVersion, kind, name } of objects) {
    const key = `${kindName(apiVersion, kind)} ${show(name)}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, at);
    else problems.add(userError({ at, given: `${key} stands at ${other}, too`, expected: 'each object once', fix: 'remove one of them' }));
  }
}
