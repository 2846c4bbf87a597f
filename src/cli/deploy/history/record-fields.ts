import { corrupt } from './record-problem';
import { isObject, Json, JsonObject } from '../../../base/json';
import { show } from '../../../base/user-error';

/**
 * The fields of an object out of a record, which anyone may have written who can write Secrets.
 */
export class Fields {
  public static of(at: string, value: unknown): Fields {
    if (isObject(value as Json)) return new Fields(at, value as JsonObject);
    throw corrupt(at, `there is ${show(value)} in place of an object`);
  }

  private constructor(private readonly at: string, private readonly object: JsonObject) {}

  public text(name: string): string {
    const value = this.object[name];
    return typeof value === 'string' && value !== '' ? value : this.wrong(name);
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

  public fields(name: string): Fields {
    return Fields.of(`${this.at}.${name}`, this.object[name]);
  }

  public optionalFields<T>(name: string, read: (fields: Fields) => T): T | undefined {
    return this.object[name] === undefined ? undefined : read(this.fields(name));
  }

  public list<T>(name: string, read: (item: Fields) => T): T[] {
    return this.items(name).map((item, index) => read(Fields.of(`${this.at}.${name}[${index}]`, item)));
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
