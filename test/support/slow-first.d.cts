/** Names of the slow test files. */
export const slowFiles: readonly string[];
