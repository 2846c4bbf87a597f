/** The part that this reporter reads of jest's result of a test file. */
interface FileResult {
  readonly testFilePath: string;
  readonly testExecError?: unknown;
  /** Milliseconds. */
  readonly perfStats: { readonly runtime: number };
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly testResults: Array<{ readonly status: string; readonly fullName: string }>;
}

export function closingCounts(files: FileResult[], where?: string): string[];
