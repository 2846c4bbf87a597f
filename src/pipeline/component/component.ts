import { ComponentInput, inputReference } from './component-input';
import { stageInputs, stageReference, withJobInputs } from './job-inputs';
import { namedInputs, withReferences } from './placeholders';
import { isObject, Json, JsonObject } from '../../base/json';
import { type PipelineFile, yamlWithInputs } from '../jobs/pipeline-yaml';
import type { Target } from '../targets/target';

/**
 * A component before it is text.
 */
export interface Component {
  readonly inputs: readonly ComponentInput[];
  readonly file: PipelineFile;
}

/**
 * A pipeline with inputs in place of what differs between the projects that include it.
 *
 * @param file With placeholders.
 * @param targets Without.
 */
export function componentOf(file: PipelineFile, targets: readonly Target[], commandSha256: string): Component {
  const named = namedInputs(targets);
  const ofStages = stageInputs(file.stages);
  const used = new Set<ComponentInput>(ofStages.values());
  const jobs = withJobInputs(file.jobs, ofStages, used);
  const stages = file.stages.map((stage) => stageReference(stage, ofStages));
  const command = commandInput(commandSha256);
  const replace = (text: string): string => {
    const result = withReferences(text, named, used);
    if (!result.includes(commandSha256)) return result;
    used.add(command);
    return result.replaceAll(commandSha256, inputReference(command.name));
  };
  const whole = { stages, jobs, ...file.workflow && { workflow: file.workflow }, raw: file.raw ?? {} };
  const replaced = mapped(whole as unknown as Json, replace) as unknown as PipelineFile;
  return { inputs: inOrder([...used], [...named.values()]), file: replaced };
}

/**
 * The text of a component: its inputs, then the pipeline.
 */
export function componentYaml({ inputs, file }: Component): string {
  const specified = inputs.map(({ name, description, type, default: given, regex }) => [name, { description, type, default: given, regex }]);
  return yamlWithInputs(Object.fromEntries(specified), file);
}

function commandInput(sha256: string): ComponentInput {
  return {
    name: 'command-sha256',
    description: 'SHA-256 of the command in the version of cdk8s-ci-deploy that the project has: node_modules/cdk8s-ci-deploy/lib/cli/main.js.',
    default: sha256,
    regex: '^[0-9a-f]{64}$',
  };
}

/** Those of names first, and of them those that have to be said; each once. */
function inOrder(used: readonly ComponentInput[], named: readonly ComponentInput[]): ComponentInput[] {
  const first = named.filter((input) => used.includes(input));
  const others = used.filter((input, index) => !named.includes(input) && used.findIndex(({ name }) => name === input.name) === index);
  return [...first.filter(isRequired), ...first.filter((input) => !isRequired(input)), ...others];
}

function isRequired(input: ComponentInput): boolean {
  return input.default === undefined;
}

function mapped(value: Json, replace: (text: string) => string): Json {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [replace(key), mapped(item, replace)])) satisfies JsonObject;
}
