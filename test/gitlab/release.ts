/**
 * A release of GitLab, as `/metadata` names it: `17.4.2-ee`.
 */
export class Release {
  private readonly numbers: readonly number[];

  constructor(public readonly version: string) {
    this.numbers = numbersOf(version);
  }

  /** Whether it is this release or a later one: `17.4`. */
  public atLeast(version: string): boolean {
    const [major = 0, minor = 0] = this.numbers;
    const [leastMajor = 0, leastMinor = 0] = numbersOf(version);
    return major === leastMajor ? minor >= leastMinor : major > leastMajor;
  }
}

function numbersOf(version: string): number[] {
  return version.split(/[.-]/, 2).map(Number);
}
