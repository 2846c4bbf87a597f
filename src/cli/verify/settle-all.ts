/**
 * All answers at once. When one fails it waits for the others, so that nothing is under way any more when the connection is closed.
 */
export async function together<T extends readonly unknown[] | []>(questions: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(questions);
  return Promise.all(questions);
}
