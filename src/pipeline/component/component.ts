import { stageInputs, stageReference, withJobInputs } from './job-inputs';
import { type ComponentInput, inputReference, nameInputs, withReferences } from './name-inputs';
import { isObject, Json, JsonObject } from '../../base/json';
import { type PipelineFile, yamlWithInputs } from '../jobs/pipeline-yaml';
import type { Target } from '../targets/pipeline-plan';

/**
 * A component as values.
 */
export interface Component {
  readonly inputs: readonly ComponentInput[];
  readonly file: PipelineFile;
}

/**
 * A component with inputs for the values that differ between projects: names, images, runner tags, stages and the command's SHA-256.
 *
 * @param file The pipeline, with placeholders for names.
 * @param targets The targets, without placeholders.
 */
export function componentOf(file: PipelineFile, targets: readonly Target[], commandSha256: string): Component {
  const names = nameInputs(targets);
  const stageInput = stageInputs(file.stages);
  const used = new Set<ComponentInput>(stageInput.values());
  const jobs = withJobInputs(file.jobs, stageInput, used);
  const stages = file.stages.map((stage) => stageReference(stage, stageInput));
  const command = commandInput(commandSha256);
  const replace = (text: string): string => {
    const result = withReferences(text, names, used);
    if (!result.includes(commandSha256)) return result;
    used.add(command);
    return result.replaceAll(commandSha256, inputReference(command.name));
  };
  const whole = { stages, jobs, ...file.workflow && { workflow: file.workflow }, raw: file.raw ?? {} };
  const replaced = mapped(whole as unknown as Json, replace) as unknown as PipelineFile;
  return { inputs: inOrder([...used], [...names.values()]), file: replaced };
}

/**
 * The text of a component: the inputs, then the pipeline.
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

/** The inputs for names come first, the required ones at the top. Each input appears once. */
function inOrder(used: readonly ComponentInput[], names: readonly ComponentInput[]): ComponentInput[] {
  const first = names.filter((input) => used.includes(input));
  const others = used.filter((input, index) => !names.includes(input) && used.findIndex(({ name }) => name === input.name) === index);
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
