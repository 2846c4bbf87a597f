import { userError } from '../../base/user-error';
import type { Input } from '../base/host';

/** The largest input in bytes. No file that the command reads is larger. */
export const LARGEST_INPUT = 8 * 1024 * 1024;

/**
 * Standard input, read as a whole or line by line.
 */
export class StandardInput {
  private chunks?: AsyncIterator<Uint8Array>;
  private rest = '';

  public constructor(private readonly stdin: Input) {}

  /** Whether a person would have to type the input. */
  public get isTerminal(): boolean {
    return this.stdin.isTTY ?? false;
  }

  /**
   * The whole input.
   *
   * @throws `UserError` above 8 MiB.
   */
  public async read(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.stdin) {
      size += chunk.length;
      if (size > LARGEST_INPUT) throw inputTooLarge('standard input');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /**
   * The next line, trimmed. At the end of the input: the last unfinished line, or an empty text.
   */
  public async readLine(): Promise<string> {
    this.chunks ??= this.stdin[Symbol.asyncIterator]();
    while (!this.rest.includes('\n')) {
      const { done, value } = await this.chunks.next();
      if (done) break;
      this.rest += Buffer.from(value).toString();
    }
    const end = this.rest.indexOf('\n') + 1 || this.rest.length;
    const line = this.rest.slice(0, end);
    this.rest = this.rest.slice(end);
    return line.trim();
  }
}

/**
 * The error for an input above 8 MiB.
 */
export function inputTooLarge(name: string): Error {
  return userError({ at: name, given: 'it is larger than 8 MiB', expected: 'a manifest, kubeconfig or certificate', fix: 'check the name of the file' });
}
