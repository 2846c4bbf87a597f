import { writeSync } from 'node:fs';
import { ttyModule } from './lazy-modules';
import type { Output } from '../base/host';

/**
 * Standard output (1) or standard error (2). It writes to the file descriptor, since Node's streams take long to load.
 */
export class StandardOutput implements Output {
  /**
   * @param stream Node's stream for the same descriptor, loaded when it is needed.
   */
  public constructor(private readonly descriptor: 1 | 2, private readonly stream: () => NodeJS.WritableStream & { readonly columns?: number }) {}

  public get isTTY(): boolean {
    return ttyModule().isatty(this.descriptor);
  }

  public get columns(): number | undefined {
    return this.isTTY ? this.stream().columns : undefined;
  }

  /**
   * Writes the whole text. A reader that closes the pipe (`| head`) is no error.
   *
   * @throws `UnwritableOutput` when standard output cannot be written.
   */
  public write(text: string): void {
    let rest: Uint8Array = Buffer.from(text);
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.descriptor, rest));
    } catch (error) {
      this.handle(error as NodeJS.ErrnoException, rest);
    }
  }

  private handle(error: NodeJS.ErrnoException, rest: Uint8Array): void {
    // A non-blocking pipe is full: only a stream can wait for its reader.
    if (error.code === 'EAGAIN') this.streamIgnoringErrors().write(rest);
    // Lost messages on standard error must not stop a deployment.
    else if (error.code !== 'EPIPE' && this.descriptor === 1) throw new UnwritableOutput(error.message);
  }

  /** The reader of the pipe may close it while the stream waits. */
  private streamIgnoringErrors(): NodeJS.WritableStream {
    const stream = this.stream();
    if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
    return stream;
  }
}

/**
 * Standard output cannot be written, for example because the disk is full.
 */
export class UnwritableOutput extends Error {}
