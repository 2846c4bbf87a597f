/** More than the door sends at once, so that none of its connections is ever idle. */
const AT_ONCE = 8;

/**
 * Does the same with all items, several at once, and keeps their order. After a failure nothing new is begun; what is under way is waited for,
 * then the first failure is thrown.
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
