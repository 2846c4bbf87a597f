import { isObject, Json, JsonObject } from '../../../base/json';
import { cryptoModule } from '../../../base/lazy-modules';
import { Problem, show, userError } from '../../../base/user-error';
import { parseApiVersion } from '../../../kubernetes/kinds';
import { dns1035Label, dns1123Subdomain, NameRule, nameRuleOf } from '../../../kubernetes/names';
import { IDENTITY_ANNOTATION } from '../../../release/release-names';
import { ExitCode, Failure } from '../../base/failure';
import { zlibModule } from '../../io/lazy-modules';
import { identityInWords, isSameIdentity, ReleaseIdentity } from '../objects/release';

/**
 * A problem of the record in the cluster. The user's input is correct, so the exit code is 1.
 */
export function recordProblem(problem: Problem): Failure {
  return new Failure(userError(problem).message, ExitCode.NO);
}

/**
 * A record, or a part of it, that cannot be read.
 *
 * @param at The object, and the field in it.
 */
export function corrupt(at: string, given: string): Failure {
  return recordProblem({
    at,
    given,
    expected: 'data that this command wrote',
    fix: 'restore it, or delete it and deploy again: the command finds the objects by their label, but keeps those that you have removed from the manifests',
  });
}

/**
 * The fields of an object in a record. Each is checked, because everyone who may write Secrets may have changed the record.
 */
export class RecordFields {
  public static of(at: string, value: unknown): RecordFields {
    if (isObject(value as Json)) return new RecordFields(at, value as JsonObject);
    throw corrupt(at, `${show(value)} is not an object`);
  }

  private constructor(private readonly at: string, private readonly object: JsonObject) {}

  public text(name: string): string {
    const value = this.object[name];
    return typeof value === 'string' && value !== '' ? value : this.wrong(name);
  }

  /** A text that a rule accepts, such as a part of a URL. */
  public valid(name: string, rule: NameRule): string {
    const value = this.text(name);
    return rule(value) === undefined ? value : this.wrong(name);
  }

  public optionalText(name: string): string | undefined {
    return this.object[name] === undefined ? undefined : this.text(name);
  }

  public count(name: string): number {
    const value = this.object[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : this.wrong(name);
  }

  public optionalCount(name: string): number | undefined {
    return this.object[name] === undefined ? undefined : this.count(name);
  }

  public choice<T extends string>(name: string, choices: readonly T[]): T {
    return choices.find((choice) => choice === this.object[name]) ?? this.wrong(name);
  }

  public fields(name: string): RecordFields {
    return RecordFields.of(`${this.at}.${name}`, this.object[name]);
  }

  public optionalFields<T>(name: string, read: (fields: RecordFields) => T): T | undefined {
    return this.object[name] === undefined ? undefined : read(this.fields(name));
  }

  public list<T>(name: string, read: (item: RecordFields) => T): T[] {
    return this.items(name).map((item, index) => read(RecordFields.of(`${this.at}.${name}[${index}]`, item)));
  }

  public texts(name: string): string[] {
    return this.items(name).map((item) => (typeof item === 'string' ? item : this.wrong(name)));
  }

  public counts(name: string): number[] {
    return this.items(name).map((item) => (Number.isSafeInteger(item) && Number(item) >= 0 ? Number(item) : this.wrong(name)));
  }

  public objects(name: string): JsonObject[] {
    return this.items(name).map((item) => (isObject(item) ? item : this.wrong(name)));
  }

  private items(name: string): Json[] {
    const value = this.object[name];
    return Array.isArray(value) ? value : this.wrong(name);
  }

  private wrong(name: string): never {
    throw corrupt(this.at, `${name} is ${show(this.object[name])}`);
  }
}

/**
 * The type and the name of an object in a record. They become parts of URLs, so they are checked like those of manifests.
 */
export function readObjectName(fields: RecordFields): ObjectName {
  const kind = fields.valid('kind', kindRule);
  return { apiVersion: fields.valid('apiVersion', apiVersionRule), kind, name: fields.valid('name', nameRuleOf(kind)) };
}

interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const kindRule: NameRule = (kind) => (/^[A-Za-z][A-Za-z0-9]{0,62}$/.test(kind) ? undefined : 'a kind such as Deployment');

const apiVersionRule: NameRule = (apiVersion) => {
  const { group, version } = parseApiVersion(apiVersion);
  return (group === '' ? undefined : dns1123Subdomain(group)) ?? dns1035Label(version);
};

/**
 * The identity in a field of the record.
 */
export function readIdentity(fields: RecordFields): ReleaseIdentity {
  return { project: fields.text('project'), environment: fields.text('environment'), app: fields.text('app') };
}

/**
 * @throws `Failure` when the identity belongs to another project, environment or application.
 */
export function checkIdentity(at: string, found: ReleaseIdentity, identity: ReleaseIdentity): void {
  if (isSameIdentity(found, identity)) return;
  throw recordProblem({
    at,
    given: `it belongs to ${identityInWords(found)}`,
    expected: identityInWords(identity),
    fix: 'deploy with another --app or --environment, or into another namespace; this object stays with its owner',
  });
}

/**
 * The annotations of a Secret or Lease, after its identity annotation was checked.
 *
 * @throws `Failure` when the annotation is missing, or has another project, environment or application.
 */
export function ownAnnotations(at: string, { metadata }: JsonObject, identity: ReleaseIdentity): JsonObject {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  const written = annotations[IDENTITY_ANNOTATION];
  const field = `${at}: annotation ${IDENTITY_ANNOTATION}`;
  checkIdentity(at, readIdentity(RecordFields.of(at, parsed(field, String(written ?? '')))), identity);
  return annotations;
}

function parsed(at: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(at, text === '' ? 'it is missing' : show(text));
  }
}

/** Bytes. Larger data is not unpacked. */
const LARGEST_UNPACKED = 256 * 1024 * 1024;

/**
 * A value as JSON, compressed with gzip.
 */
export function pack(value: unknown): Buffer {
  return zlibModule().gzipSync(JSON.stringify(value));
}

/**
 * The value of compressed JSON.
 *
 * @param at The Secret, for messages.
 * @throws `Failure` when the data is damaged.
 */
export function unpack(at: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(zlibModule().gunzipSync(bytes, { maxOutputLength: LARGEST_UNPACKED }).toString('utf8'));
  } catch {
    // The messages of zlib and JSON would quote the data.
    throw corrupt(at, 'it is damaged or incomplete');
  }
}

/**
 * The SHA-256 as hexadecimal digits.
 */
export function sha256(bytes: Uint8Array | string): string {
  return cryptoModule().createHash('sha256').update(bytes).digest('hex');
}
