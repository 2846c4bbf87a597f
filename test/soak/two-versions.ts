import { versionOf } from './application';
import { JobOptions, JobResult, runJob } from './jobs';
import { ReleaseState, stateOf } from './state';
import { Deployer } from '../cluster/deployer';

export type Version = 'a' | 'b';

/**
 * An application with two versions that are deployed in turn, and the undisturbed state of each.
 */
export class TwoVersions {
  /** Deploys each version after the other once, so that its state includes objects that the other version has left. */
  public static async deploy(deployer: Deployer, objectsOf: (version: Version) => object[] = versionOf): Promise<TwoVersions> {
    const states: Partial<Record<Version, ReleaseState>> = {};
    for (const version of ['b', 'a', 'b'] as const) {
      const result = await runJob({ kubeconfig: deployer.kubeconfig, objects: objectsOf(version) });
      if (result.code !== 0) throw new Error(`version ${version}: ${result.code} ${result.stderr}`);
      states[version] = stateOf(deployer);
    }
    return new TwoVersions(deployer, objectsOf, states as Record<Version, ReleaseState>);
  }

  private version: Version = 'b';

  private constructor(
    private readonly deployer: Deployer,
    private readonly objectsOf: (version: Version) => object[],
    public readonly undisturbed: Readonly<Record<Version, ReleaseState>>,
  ) {}

  /** The version that was deployed or tried last. */
  public get current(): Version {
    return this.version;
  }

  /** Deploys the other version. */
  public async other(options: Partial<JobOptions> = {}): Promise<JobResult> {
    this.version = this.version === 'a' ? 'b' : 'a';
    return this.again(options);
  }

  /** Deploys the same version again. */
  public async again(options: Partial<JobOptions> = {}): Promise<JobResult> {
    return runJob({ kubeconfig: this.deployer.kubeconfig, objects: this.objectsOf(this.version), ...options });
  }

  /** The job's message when the job failed, or the difference from the undisturbed state. */
  public expectUndisturbed(result: JobResult): void {
    expect(result).toEqual({ code: 0, stdout: expect.anything(), stderr: expect.anything() });
    expect(stateOf(this.deployer)).toEqual(this.undisturbed[this.version]);
  }
}
