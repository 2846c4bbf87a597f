import { supportsLiveLine } from './live-line';
import { printable } from '../../base/printable';
import { seconds } from '../base/duration';
import type { Clock, Host } from '../base/host';

/** Milliseconds. A faster answer needs no notice. */
const FIRST_NOTICE = 2_000;

/** Milliseconds between two lines in a log. */
const NEXT_LINE = 15_000;

/** Milliseconds between two updates on a terminal. */
const TICK = 1_000;

export type WaitNoticeHost = Pick<Host, 'stderr' | 'clock' | 'variables'>;

/**
 * Reports on standard error that the command waits, once a wait takes longer than 2 s.
 * On a terminal it is one line that changes. In a log it is a line after 2 s, and then every 15 s.
 */
export class WaitNotice {
  /**
   * Reports the wait for the answers of a server.
   *
   * @param url The address, which is shown without its path.
   * @param isShared Whether other lines about the same calls are written, as `--debug` does. Then the line does not change.
   */
  public static forServer(url: string, host: WaitNoticeHost, isShared = false): WaitNotice {
    return new WaitNotice(`waiting for ${new URL(url).origin}`, 'no answer yet', host, isShared);
  }

  /**
   * Reports the wait for a state, which the command reads again and again.
   *
   * @param state `the API server rejects the token`.
   */
  public static until(state: string, host: WaitNoticeHost): WaitNotice {
    return new WaitNotice(`waiting until ${state}`, undefined, host, false);
  }

  /** Reports nothing. */
  public static silent(clock: Clock): WaitNotice {
    return new WaitNotice('', undefined, { clock, variables: {}, stderr: { write: () => undefined } }, false);
  }

  /** The times at which the open calls began. */
  private readonly open = new Set<{ since: number }>();
  private readonly isLive: boolean;
  private reason?: string;
  private suspensions = 0;
  private suspendedAt = 0;
  private stopTimer?: () => void;
  /** Whether the live line is of this notice. */
  private isShown = false;
  /** When it last wrote a line in a log. */
  private lineAt = -Infinity;

  /**
   * @param text What it waits for: `waiting for https://cluster.example.com:6443`.
   * @param state Is shown while no attempt has failed.
   */
  private constructor(
    private readonly text: string, private readonly state: string | undefined, private readonly host: WaitNoticeHost, isShared: boolean,
  ) {
    this.isLive = !isShared && host.stderr.showLiveLine !== undefined && supportsLiveLine(host.stderr, host.variables);
  }

  /** Reports while an action takes long. */
  public async during<T>(action: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await action();
    } finally {
      end();
    }
  }

  /**
   * Begins a wait.
   *
   * @returns Ends the wait.
   */
  public begin(): () => void {
    const call = { since: this.host.clock.now() };
    this.open.add(call);
    if (!this.stopTimer) this.schedule(FIRST_NOTICE);
    return () => {
      this.open.delete(call);
      if (this.waited() < FIRST_NOTICE) this.pause();
    };
  }

  /**
   * Runs an action that is no wait for the target and may ask the user, such as an exec plugin. Its time does not count.
   * The live line stays until the action writes something: most credentials are there at once.
   */
  public async suspended<T>(action: () => Promise<T>): Promise<T> {
    const { clock } = this.host;
    if (this.suspensions === 0) this.suspendedAt = clock.now();
    this.suspensions += 1;
    try {
      return await action();
    } finally {
      this.suspensions -= 1;
      if (this.suspensions === 0) for (const call of this.open) call.since += clock.now() - Math.max(call.since, this.suspendedAt);
    }
  }

  /**
   * Remembers why an attempt failed that is followed by another one.
   *
   * @param reason `connection refused`.
   */
  public failed(reason: string): void {
    this.reason = reason;
  }

  /** Milliseconds since the oldest open call began. */
  private waited(): number {
    const [oldest] = this.open;
    return oldest ? this.host.clock.now() - oldest.since : 0;
  }

  /** Erases the line until a call takes long again. */
  private pause(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    this.reason = undefined;
    this.erase();
    if (this.open.size > 0) this.schedule(FIRST_NOTICE - this.waited());
  }

  private erase(): void {
    if (this.isShown) this.host.stderr.endLiveLine?.();
    this.isShown = false;
  }

  private schedule(milliseconds: number): void {
    this.stopTimer = this.host.clock.after(milliseconds, () => this.report());
  }

  private report(): void {
    const { stderr, clock } = this.host;
    const waited = this.waited();
    const rest = Math.max(FIRST_NOTICE - waited, this.suspensions > 0 ? TICK : 0, this.isLive ? 0 : this.lineAt + NEXT_LINE - clock.now());
    if (rest > 0) return this.schedule(rest);
    const state = this.reason === undefined ? this.state : `${this.reason}, trying again`;
    const line = printable(`${this.text} (${seconds(Math.floor(waited / TICK) * TICK)})${state === undefined ? '' : `: ${state}`}`);
    this.lineAt = clock.now();
    this.isShown = this.isLive;
    if (this.isLive) stderr.showLiveLine?.(line);
    else stderr.write(`${line}\n`);
    return this.schedule(this.isLive ? TICK : NEXT_LINE);
  }
}
