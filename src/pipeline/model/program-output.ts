import { appendFileSync } from 'node:fs';
import type { PipelineModel } from './pipeline-model';

/**
 * A pipeline that a program passes to the command `pipeline`, which runs the program.
 */
export interface ProgramOutput {
  /** The absolute path of the file that the program would write. */
  readonly path: string;
  /** The text of the file. */
  readonly yaml: string;
  readonly model: PipelineModel;
}

/** The version of the format. A command reads exactly one. */
export const PROGRAM_OUTPUT_FORMAT = 1;

/** The variable with the path of the file that the command reads. */
export const PROGRAM_OUTPUT_VARIABLE = 'CDK8S_CI_DEPLOY_PIPELINE';

/**
 * Appends a pipeline to the file as one line of JSON. Only the owner may read a new file.
 */
export function writeProgramOutput(file: string, { path, yaml, model }: ProgramOutput): void {
  appendFileSync(file, `${JSON.stringify({ format: PROGRAM_OUTPUT_FORMAT, path, yaml, model })}\n`, { mode: 0o600 });
}
