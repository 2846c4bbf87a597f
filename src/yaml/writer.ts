import { isDeepStrictEqual } from 'node:util';
import { Yaml } from 'cdk8s';
import { ManifestDocument, mayHaveSecret, parseManifest } from './manifest-parser';
import { isObject, Json, JsonObject } from '../base/json';
import { UserError, userError, show } from '../base/user-error';

/**
 * Checks that kubectl reads the same values after cdk8s has written a document. cdk8s does not quote some texts that kubectl reads as numbers,
 * such as `0o17`.
 *
 * @throws When a value would change. The message says which one.
 */
export function checkWritable({ value, at }: Pick<ManifestDocument, 'value' | 'at'>): void {
  if (survives(value)) return;
  const changed = changedTextIn(value, []);
  throw userError({
    at: at(),
    given: changed ? `${changed.path}${mayHaveSecret(JSON.stringify(value)) ? '' : ` with ${show(changed.text)}`}` : 'a document',
    expected: 'values that do not change when cdk8s writes them and kubectl reads them',
    fix: 'change the text, or use `cdk8s-ci-deploy render`, which keeps every byte but the images',
  });
}

interface ChangedText {
  readonly path: string;
  readonly text: string;
}

function changedTextIn(value: Json, path: Array<string | number>): ChangedText | undefined {
  if (typeof value === 'string') return survives(withField('text', value)) ? undefined : { path: path.join('.'), text: value };
  const entries: Array<[string | number, Json]> = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    if (typeof key === 'string' && !survives(withField(key, 1))) return { path: `a key of ${path.join('.') || 'the document'}`, text: key };
    const changed = changedTextIn(item, [...path, key]);
    if (changed) return changed;
  }
  return undefined;
}

function withField(key: string, value: Json): JsonObject {
  return { apiVersion: 'v1', kind: 'Object', field: { [key]: value } };
}

function survives(value: JsonObject): boolean {
  // The copy has no shared objects, because cdk8s writes out aliases.
  const whole: JsonObject = JSON.parse(JSON.stringify(value));
  try {
    const read = parseManifest(Yaml.stringify(whole), 'written');
    return isDeepStrictEqual(read.map((document) => document.value), [whole]);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
