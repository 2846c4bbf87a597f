/** More than the HTTP client sends at once, so that each of its connections is always in use. */
const AT_ONCE = 8;

/**
 * Runs an action for each item, several at once, and returns the results in the order of the items.
 *
 * @throws The first error. After an error no further action starts; the running ones complete first.
 */
export async function concurrently<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  const failures: unknown[] = [];
  const rest = items.entries();
  const work = async () => {
    for (const [index, item] of rest) {
      if (failures.length > 0) return;
      await action(item).then((result) => results.set(index, result), (error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return items.map((_, index) => results.get(index) as R);
}
