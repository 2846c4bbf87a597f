import { Rejection } from './answer';

/**
 * What came in the query and in the body, which Grape does not tell apart.
 */
export class Parameters {
  private readonly values: ReadonlyMap<string, unknown>;

  constructor(query: URLSearchParams, body: string, contentType: string) {
    this.values = new Map([...query, ...bodyOf(body, contentType)]);
  }

  public has(name: string): boolean {
    return this.values.has(name);
  }

  public text(name: string): string | undefined {
    const value = this.values.get(name);
    return value === undefined || value === null ? undefined : String(value);
  }

  public required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw Rejection.error(400, `${name} is missing`);
    return value;
  }

  public flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined || value === '') return undefined;
    if (/^(?:true|t|yes|y|on|1)$/i.test(value)) return true;
    if (/^(?:false|f|no|n|off|0)$/i.test(value)) return false;
    throw Rejection.error(400, `${name} is invalid`);
  }

  public choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (value !== undefined && found === undefined) throw Rejection.error(400, `${name} does not have a valid value`);
    return found;
  }

  public number(name: string, otherwise: number): number {
    const value = Number(this.text(name) ?? otherwise);
    if (!Number.isInteger(value) || value < 1) throw Rejection.error(400, `${name} is invalid`);
    return value;
  }
}

function bodyOf(body: string, contentType: string): Iterable<[string, unknown]> {
  if (body === '') return [];
  if (contentType.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(body);
  if (!contentType.startsWith('application/json')) throw Rejection.error(415, 'The provided content-type is not supported.');
  const { filter, ...values } = JSON.parse(body);
  return [...Object.entries(values), ...Object.entries(filter ?? {}).map(([name, value]): [string, unknown] => [`filter[${name}]`, value])];
}
