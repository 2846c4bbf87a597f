import { parseAllDocuments } from 'yaml';
import { valuesOf } from './gitlab-ci-schema';
import type { Json } from '../../src/base/json';

/** The inputs of a component, by name. */
export interface Inputs {
  readonly [name: string]: { readonly description: string; readonly type?: string; readonly default?: Json; readonly regex?: string };
}

/**
 * The inputs of a component.
 */
export function inputsOf(component: string): Inputs {
  const [header] = valuesOf(component) as [{ spec: { inputs: Inputs } }];
  return header.spec.inputs;
}

/**
 * The pipeline's text after GitLab has inserted the values of inputs. GitLab does that before it parses the text.
 *
 * @see lib/gitlab/ci/config/interpolation/text_template.rb in github.com/gitlabhq/gitlabhq
 */
export function interpolated(component: string, given: { readonly [name: string]: Json }): string {
  const inputs = inputsOf(component);
  const [, body] = parseAllDocuments(component, { version: '1.1' });
  const [from] = body!.range;
  return component.slice(from).replace(/\$\[\[\s*inputs\.(\S+)\s*\]\]/g, (_, name: string) => {
    const value = name in given ? given[name] : inputs[name]?.default;
    if (value === undefined) throw new Error(`the input ${name} is missing`);
    checkValue(name, value, inputs[name]!);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function checkValue(name: string, value: Json, { type = 'string', regex }: Inputs[string]): void {
  const actual = Array.isArray(value) ? 'array' : typeof value;
  if (actual !== type) throw new Error(`the input ${name} is no ${type}`);
  if (regex !== undefined && !new RegExp(regex).test(String(value))) throw new Error(`the input ${name} does not match ${regex}`);
}
