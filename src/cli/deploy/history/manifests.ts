import { pack, sha256, unpack } from './encoding';
import type { NextObject, RecordedManifests, WithheldObject } from './history';
import { Fields } from './record-fields';
import { recordProblem } from './record-problem';
import { isObject, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { containersOf } from '../../../kubernetes/container-images';
import { kindName } from '../../../kubernetes/kinds';
import type { ReleaseObject } from '../objects/release';

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/**
 * The manifests of a release as they are recorded: of Secrets, and of Roles and their bindings, only the names.
 */
export function packManifests(objects: readonly ReleaseObject[]): Buffer {
  const kept = objects.filter((object) => !isWithheld(object));
  return pack({ objects: kept.map(({ value }) => value), withheld: objects.filter(isWithheld).map(withheld) });
}

/**
 * What can be applied again.
 *
 * @param at The release and where it is recorded.
 * @throws `Failure` when it is damaged, or has something in it that is never recorded: somebody put it there.
 */
export function unpackManifests(at: string, bytes: Uint8Array): RecordedManifests {
  const fields = Fields.of(at, unpack(at, bytes));
  return {
    objects: fields.objects('objects').map((value) => releaseObject(at, value)),
    withheld: fields.list('withheld', (item) => ({
      apiVersion: item.text('apiVersion'), kind: item.text('kind'), name: item.text('name'), hash: item.optionalText('hash'),
    })),
  };
}

/**
 * The images of all containers, each once.
 */
export function imagesOf(objects: readonly ReleaseObject[]): string[] {
  return [...new Set(objects.flatMap(({ value }) => containersOf(value)).flatMap(({ image }) => image ?? []))];
}

function isWithheld({ apiVersion, kind }: Pick<NextObject, 'apiVersion' | 'kind'>): boolean {
  return kindName(apiVersion, kind) === 'Secret' || apiVersion.startsWith(`${RBAC_GROUP}/`);
}

function withheld({ apiVersion, kind, name, value }: ReleaseObject): WithheldObject {
  return { apiVersion, kind, name, hash: kind === 'Secret' ? hashOf(value) : undefined };
}

/** The same for the same content, whether it stands in `data` or in `stringData`. */
function hashOf({ data, stringData }: JsonObject): string {
  const encoded = isObject(data) ? data : {};
  const plain = Object.entries(isObject(stringData) ? stringData : {}).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  return sha256(JSON.stringify(Object.entries({ ...encoded, ...Object.fromEntries(plain) }).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function releaseObject(at: string, value: JsonObject): ReleaseObject {
  const header = Fields.of(at, value);
  const [apiVersion, kind, name] = [header.text('apiVersion'), header.text('kind'), header.fields('metadata').text('name')];
  if (!isWithheld({ apiVersion, kind })) return { at: `${at}: ${kind} ${show(name)}`, apiVersion, kind, name, value };
  throw recordProblem({
    at,
    given: `${kind} ${show(name)} is in it`,
    expected: 'no Secret and nothing of RBAC, which are never recorded',
    fix: 'find out who changed the Secret: this release is not applied',
  });
}
