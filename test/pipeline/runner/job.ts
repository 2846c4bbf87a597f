import { randomBytes } from 'node:crypto';
import type { JobDefinition, Variables } from './ci-file';

export type JobStatus = 'created' | 'pending' | 'running' | 'success' | 'failed' | 'canceled' | 'skipped' | 'manual';

/**
 * A job of a pipeline. A retried job is another one, with another id and token.
 */
export class Job {
  /** The runner's authentication for this job, and CI_JOB_TOKEN. */
  public readonly token = `glcbt-64_${randomBytes(15).toString('base64url')}`;
  public status: JobStatus = 'created';
  /** `canceling` while the runner may still run after_script, `canceled` when GitLab accepts nothing more. */
  public cancellation?: 'canceling' | 'canceled';
  public failureReason?: string;
  public exitCode = 0;
  public trace: Buffer = Buffer.alloc(0);
  /** The end of the log that GitLab refused, because the job no longer ran. */
  public refusedTrace?: Buffer;
  /** The content of the archive and of each report, by type. */
  public readonly artifacts = new Map<string, Buffer>();
  /** The variables of its dotenv report. */
  public dotenv: Readonly<Record<string, string>> = {};
  /** Whether the runner can end a canceled job gracefully, as it says when it asks for a job. */
  public cancelsGracefully = false;

  constructor(
    public readonly id: number,
    public readonly definition: JobDefinition,
    public readonly allowFailure: boolean,
    public readonly ruleVariables: Variables,
    /** Of its environment, with expanded variables. */
    public readonly environment?: string,
  ) {}

  public get name(): string {
    return this.definition.name;
  }

  /** Whether jobs that need this one may start. */
  public get allowsOthers(): boolean {
    return this.status === 'success' || this.allowFailure && (this.status === 'failed' || this.status === 'manual');
  }
}
