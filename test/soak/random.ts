/**
 * Pseudo-random numbers from 0 to 1 by Park and Miller. The same seed gives the same numbers.
 */
export class Random {
  private state: number;

  constructor(public readonly seed: number) {
    this.state = 1 + (Math.abs(seed) % (MODULUS - 1));
    // The first number of a small seed is small.
    for (let warmUp = 0; warmUp < 10; warmUp += 1) this.next();
  }

  public next(): number {
    this.state = (this.state * 48_271) % MODULUS;
    return this.state / MODULUS;
  }

  public below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  public happens(probability: number): boolean {
    return this.next() < probability;
  }

  public of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

const MODULUS = 2_147_483_647;
