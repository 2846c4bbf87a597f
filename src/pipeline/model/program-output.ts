import { appendFileSync } from 'node:fs';
import type { PipelineModel } from './pipeline-model';

/**
 * A pipeline as a program hands it to the command that runs it.
 */
export interface ProgramOutput {
  /** Absolute: where it would have been written. */
  readonly path: string;
  /** The text of the file. */
  readonly yaml: string;
  readonly model: PipelineModel;
}

/** Of what is handed over. A command knows one. */
export const PROGRAM_OUTPUT_FORMAT = 1;

/** The variable that names the file in which the command waits for pipelines. */
export const PROGRAM_OUTPUT_VARIABLE = 'CDK8S_CI_DEPLOY_PIPELINE';

/**
 * Adds a pipeline to those in the file: each is one line of JSON, in the order in which the program wrote them. Nobody but the owner may read a new file.
 */
export function writeProgramOutput(file: string, { path, yaml, model }: ProgramOutput): void {
  appendFileSync(file, `${JSON.stringify({ format: PROGRAM_OUTPUT_FORMAT, path, yaml, model })}\n`, { mode: 0o600 });
}
