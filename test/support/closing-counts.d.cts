/** A test file's part of what jest hands to reporters. */
interface FileResult {
  readonly testFilePath: string;
  readonly testExecError?: unknown;
  /** In milliseconds. */
  readonly perfStats: { readonly runtime: number };
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly testResults: Array<{ readonly status: string; readonly fullName: string }>;
}

export function closingCounts(files: FileResult[], where?: string): string[];
