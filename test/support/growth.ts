/** The sizes differ by this factor: a linear function takes 8 times as long, a quadratic one 64 times. */
const FACTOR = 8;

/** Milliseconds. A shorter time says nothing, because the garbage collector alone may take as long. */
const SHORTEST = 5;

/**
 * How many times as much processor time a function takes when its text is eight times as long. The speed of the machine and its load do not matter.
 *
 * @param run It is called with the text of each size. It may throw.
 */
export async function growth(size: number, textOf: (size: number) => string, run: (text: string) => unknown): Promise<number> {
  const [small, large] = [textOf(size), textOf(size * FACTOR)];
  const times: Array<readonly [number, number]> = [];
  for (let round = 0; round < 3; round++) times.push([await processorTime(() => run(small)), await processorTime(() => run(large))]);
  return Math.max(SHORTEST, Math.min(...times.map(([, time]) => time))) / Math.max(SHORTEST, Math.min(...times.map(([time]) => time)));
}

async function processorTime(run: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  try {
    await run();
  } catch {
    // The error for a bad text takes part in the measurement.
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
