import type { CiVariables } from '../../../gitlab/ci-variables';
import type { Clock } from '../../base/host';
import type { Phase } from '../apply/observer';

const TITLES: Record<Phase, string> = {
  plan: 'check the release',
  apply: 'apply the release',
  wait: 'wait until the release is ready',
  prune: 'delete objects that are no longer in the release',
  undo: 'roll the release back',
};

/** Sections that readers of the log should see without a click. */
const OPEN: ReadonlySet<Phase> = new Set(['wait', 'undo']);

export interface SectionsOptions {
  readonly app: string;
  readonly variables: CiVariables;
  readonly clock: Clock;
  readonly write: (text: string) => void;
  /** Additional phases that are not collapsed. */
  readonly open?: readonly Phase[];
}

/**
 * Collapsible sections in the log of a GitLab job. Elsewhere it writes nothing.
 *
 * @see https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
 */
export class Sections {
  private readonly begun = new Map<Phase, number>();

  public constructor(private readonly options: SectionsOptions) {}

  public get areShown(): boolean {
    return Boolean(this.options.variables.GITLAB_CI);
  }

  public async around<T>(phase: Phase, action: () => Promise<T>): Promise<T> {
    if (!this.areShown) return action();
    const name = this.name(phase);
    const collapsed = OPEN.has(phase) || this.options.open?.includes(phase) ? '' : '[collapsed=true]';
    this.options.write(`\x1b[0Ksection_start:${this.seconds()}:${name}${collapsed}\r\x1b[0K${TITLES[phase]}\n`);
    try {
      return await action();
    } finally {
      this.options.write(`\x1b[0Ksection_end:${this.seconds()}:${name}\r\x1b[0K\n`);
    }
  }

  /** Names of sections are unique in a log, also when a phase comes twice or a job deploys several applications. */
  private name(phase: Phase): string {
    const count = (this.begun.get(phase) ?? 0) + 1;
    this.begun.set(phase, count);
    const app = this.options.app.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 60);
    return `deploy-${app}-${phase}${count === 1 ? '' : `-${count}`}`;
  }

  private seconds(): number {
    return Math.floor(this.options.clock.now() / 1000);
  }
}
