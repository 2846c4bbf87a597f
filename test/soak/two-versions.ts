import { versionOf } from './application';
import { JobOptions, JobResult, runJob } from './jobs';
import { ReleaseState, stateOf } from './state';
import { Deployer } from '../cluster/deployer';

export type Version = 'a' | 'b';

/**
 * An application of which now one version is deployed and now the other, and how each looks when nothing disturbs it.
 */
export class TwoVersions {
  /** Each version comes after the other once, so that what it looks like includes what the other has left. */
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

  /** The one that is there, or was tried last. */
  public get current(): Version {
    return this.version;
  }

  /** The job that deploys the version that is not there. */
  public async other(options: Partial<JobOptions> = {}): Promise<JobResult> {
    this.version = this.version === 'a' ? 'b' : 'a';
    return this.again(options);
  }

  /** The same job once more. */
  public async again(options: Partial<JobOptions> = {}): Promise<JobResult> {
    return runJob({ kubeconfig: this.deployer.kubeconfig, objects: this.objectsOf(this.version), ...options });
  }

  /** Says what the job said when it did not succeed, or left anything else than when nothing disturbs it. */
  public expectUndisturbed(result: JobResult): void {
    expect(result).toEqual({ code: 0, stdout: expect.anything(), stderr: expect.anything() });
    expect(stateOf(this.deployer)).toEqual(this.undisturbed[this.version]);
  }
}
