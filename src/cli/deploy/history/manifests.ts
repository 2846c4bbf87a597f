import type { NextObject, RecordedManifests, WithheldObject } from './history';
import { pack, readObjectName, RecordFields, recordProblem, sha256, unpack } from './record-data';
import { isObject, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';
import { containersOf } from '../../../kubernetes/container-images';
import { kindName } from '../../../kubernetes/kinds';
import { RBAC_GROUP } from '../../../kubernetes/rbac';
import type { ReleaseObject } from '../objects/release';
import { withData } from '../objects/secret-values';

/**
 * Packs the manifests of a release for the record. Only the names of Secrets and of RBAC objects are recorded.
 */
export function packManifests(objects: readonly ReleaseObject[]): Buffer {
  const kept = objects.filter((object) => !isWithheld(object));
  return pack({ objects: kept.map(({ value }) => value), withheld: objects.filter(isWithheld).map(withheld) });
}

/**
 * Unpacks and checks the manifests of a release.
 *
 * @param at The release and its Secret, for messages.
 * @throws `Failure` when the data is damaged, or has a Secret or an RBAC object: the command never records those.
 */
export function unpackManifests(at: string, bytes: Uint8Array): RecordedManifests {
  const fields = RecordFields.of(at, unpack(at, bytes));
  return {
    objects: fields.objects('objects').map((value) => releaseObject(at, value)),
    withheld: fields.list('withheld', (item) => ({ ...readObjectName(item), hash: item.optionalText('hash') })),
  };
}

/**
 * The images of all containers, then of image volumes, without duplicates and blanks.
 */
export function imagesOf(objects: readonly ReleaseObject[]): string[] {
  const all = objects.flatMap(({ value }) => containersOf(value));
  const inOrder = [...all.filter(({ isVolume }) => !isVolume), ...all.filter(({ isVolume }) => isVolume)];
  return [...new Set(inOrder.flatMap(({ image = '' }) => (image.trim() === '' ? [] : [image])))];
}

function isWithheld({ apiVersion, kind }: Pick<NextObject, 'apiVersion' | 'kind'>): boolean {
  return kindName(apiVersion, kind) === 'Secret' || apiVersion.startsWith(`${RBAC_GROUP}/`);
}

function withheld({ apiVersion, kind, name, value }: ReleaseObject): WithheldObject {
  return { apiVersion, kind, name, hash: kind === 'Secret' ? hashOf(value) : undefined };
}

/** Equal for equal values, in `data` or in `stringData`. */
function hashOf(secret: JsonObject): string {
  const { data } = withData(secret);
  return sha256(JSON.stringify(Object.entries(isObject(data) ? data : {}).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function releaseObject(at: string, value: JsonObject): ReleaseObject {
  const header = RecordFields.of(at, value);
  const [apiVersion, kind, name] = [header.text('apiVersion'), header.text('kind'), header.fields('metadata').text('name')];
  if (!isWithheld({ apiVersion, kind })) return { at: `${at}: ${kind} ${show(name)}`, apiVersion, kind, name, value };
  throw recordProblem({
    at,
    given: `it contains ${kind} ${show(name)}`,
    expected: 'neither a Secret nor an RBAC object: they are never recorded',
    fix: 'find out in the audit log who changed the Secret; this release is not applied',
  });
}
