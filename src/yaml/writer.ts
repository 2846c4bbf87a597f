import { isDeepStrictEqual } from 'node:util';
import { Yaml } from 'cdk8s';
import { ManifestDocument, parseManifest } from './manifest-parser';
import { isObject, Json, JsonObject } from '../base/json';
import { UserError, userError, show } from '../base/user-error';

/**
 * Checks that kubectl reads what cdk8s writes of a document as the same values. cdk8s leaves a few texts without the quotes that
 * kubectl needs, such as `0o17`.
 *
 * @throws When it does not; the message says where.
 */
export function checkWritable({ value, at }: Pick<ManifestDocument, 'value' | 'at'>): void {
  if (survives(value)) return;
  const lost = lostIn(value, []);
  throw userError({
    at: at(),
    given: lost ? `${lost.path} with ${show(lost.text)}` : 'a document',
    expected: 'values that cdk8s writes so that kubectl reads them as they are',
    fix: 'change the text, or use `cdk8s-ci-deploy render`, which keeps every byte but the images',
  });
}

interface Lost {
  readonly path: string;
  readonly text: string;
}

function lostIn(value: Json, path: Array<string | number>): Lost | undefined {
  if (typeof value === 'string') return survives(withField('text', value)) ? undefined : { path: path.join('.'), text: value };
  const entries: Array<[string | number, Json]> = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    if (typeof key === 'string' && !survives(withField(key, 1))) return { path: `a key of ${path.join('.') || 'the document'}`, text: key };
    const lost = lostIn(item, [...path, key]);
    if (lost) return lost;
  }
  return undefined;
}

function withField(key: string, value: Json): JsonObject {
  return { apiVersion: 'v1', kind: 'Object', field: { [key]: value } };
}

function survives(value: JsonObject): boolean {
  // Parts repeated by alias are one object; cdk8s writes them out.
  const whole: JsonObject = JSON.parse(JSON.stringify(value));
  try {
    const read = parseManifest(Yaml.stringify(whole), 'written');
    return isDeepStrictEqual(read.map((document) => document.value), [whole]);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
