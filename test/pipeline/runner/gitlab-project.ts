import { join } from 'node:path';
import { bareRepository, PipelineRun, PipelineRunOptions } from './pipeline-run';
import { RunnerOptions } from './runner-process';
import { gitlabRunner } from './runner-program';
import { Registries } from '../../gitlab-ci/buildah-settings';
import { machineVariables } from '../../gitlab-ci/machine';
import { Repository } from '../../gitlab-ci/repository';

/**
 * A project of GitLab, and the machine of its runner. Working copies and file variables of a job stay on the machine as the runner leaves them.
 */
export class GitlabProject {
  private readonly runner: RunnerOptions;
  private pipelines = 0;

  constructor(private readonly folder: string, registries: Registries) {
    this.runner = { program: gitlabRunner(), folder, variables: machineVariables(folder, registries) };
  }

  /** The folder of the working copy, and beside it those of the runner's own files. */
  public get builds(): string {
    return join(this.folder, 'builds');
  }

  /** Creates a pipeline of the newest commit. It runs no job yet. */
  public pipeline(repository: Repository, options: Omit<PipelineRunOptions, 'file' | 'repository' | 'commit' | 'runner' | 'iid'> = {}): PipelineRun {
    this.pipelines += 1;
    const bare = join(this.folder, `site-${this.pipelines}.git`);
    const commit = bareRepository(repository.folder, bare, 4700 + this.pipelines);
    return new PipelineRun({ ...options, file: repository.read('.gitlab-ci.yml'), repository: bare, commit, runner: this.runner, iid: this.pipelines });
  }
}
