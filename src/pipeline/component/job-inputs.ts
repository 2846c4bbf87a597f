import { type ComponentInput, inputReference } from './name-inputs';
import { Json, JsonObject } from '../../base/json';
import type { PipelineJob } from '../jobs/job';
import { withJobPrefix } from '../jobs/job-prefix';

/** The purpose of a stage's jobs, for the names of inputs. Other stages use their own name. */
const ROLES = new Map([['image', 'builder'], ['synth', 'synthesis'], ['rotate', 'rotation']]);

/** An image reference, which may contain variables. No script contains it. */
const IMAGE = '^[A-Za-z0-9$][A-Za-z0-9$_{}.:/@-]*$';

const STAGE = '^[A-Za-z0-9_][A-Za-z0-9_ .-]*$';

/** The first part of job names. */
const PREFIX = '^([A-Za-z0-9_][A-Za-z0-9_.:-]*)?$';

const JOB_PREFIX: ComponentInput = {
  name: 'job-prefix', description: 'Goes before the name of each job, where the project has jobs of the same names.', default: '', regex: PREFIX,
};

/**
 * Jobs with inputs for images, runner tags, stages and the prefix of job names. The pipeline's values are the defaults.
 *
 * @param stages The inputs for stages.
 * @param used The function adds the referenced inputs to it.
 */
export function withJobInputs(jobs: readonly PipelineJob[], stages: ReadonlyMap<string, ComponentInput>, used: Set<ComponentInput>): PipelineJob[] {
  const inputs = new Map<string, ComponentInput>();
  const refer = (input: ComponentInput): string => {
    const known = inputs.get(input.name) ?? input;
    inputs.set(input.name, known);
    // When two jobs of a stage have different values, only the first becomes an input.
    if (JSON.stringify(known.default) !== JSON.stringify(input.default)) return '';
    used.add(known);
    return inputReference(known.name);
  };
  const prefix = refer(JOB_PREFIX);
  return withJobPrefix(jobs, prefix).map((job) => {
    const stage = stageReference(job.keywords.stage, stages);
    return { ...job, keywords: { ...job.keywords, ...keywordInputs(job, refer), stage } };
  });
}

type Refer = (input: ComponentInput) => string;

function keywordInputs({ keywords: { stage, image, services, tags } }: PipelineJob, refer: Refer): JsonObject {
  const role = ROLES.get(stage) ?? stage;
  const found: JsonObject = {};
  if (typeof image === 'string') found.image = refer(imageInput(`${role}-image`, image, `The image of the jobs in the stage ${stage}.`)) || image;
  if (services) found.services = services.map((service) => withImage(service, refer));
  if (tags) found.tags = (refer({ name: `${role}-tags`, description: `The tags of runners for the stage ${stage}.`, type: 'array', default: tags }) || tags) as Json;
  return found;
}

function withImage(service: Json, refer: Refer): Json {
  const name = typeof service === 'string' ? service : (service as JsonObject).name;
  if (typeof name !== 'string') return service;
  const reference = refer(imageInput('daemon-image', name, 'The image of the daemon that builds.')) || name;
  return typeof service === 'string' ? reference : { ...service as JsonObject, name: reference };
}

/**
 * An input for each stage. When two stages would have the same input, only the first gets one.
 */
export function stageInputs(stages: readonly string[]): ReadonlyMap<string, ComponentInput> {
  const nameOf = (stage: string): string => `${stage.replace(/[^\w-]/g, '-')}-stage`;
  const names = stages.map(nameOf);
  const own = stages.filter((stage, index) => new RegExp(STAGE).test(stage) && names.indexOf(nameOf(stage)) === index);
  return new Map(own.map((stage) => [stage, { name: nameOf(stage), description: `What the stage ${stage} is called.`, default: stage, regex: STAGE }]));
}

/** The reference to a stage's input, or the stage itself if it has none. */
export function stageReference(stage: string, inputs: ReadonlyMap<string, ComponentInput>): string {
  const input = inputs.get(stage);
  return input ? inputReference(input.name) : stage;
}

function imageInput(name: string, image: string, description: string): ComponentInput {
  return { name, description: `${description} Give the one of your own registry where others are out of reach.`, default: image, regex: IMAGE };
}
