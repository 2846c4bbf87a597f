import { writeSync } from 'node:fs';
import { ttyModule } from './lazy-modules';
import type { Output } from '../base/host';

/**
 * Standard output (1) or error (2). It is written to directly, since Node's streams take long to load.
 */
export class StandardOutput implements Output {
  public constructor(private readonly descriptor: 1 | 2, private readonly stream: () => NodeJS.WritableStream & { readonly columns?: number }) {}

  public get isTTY(): boolean {
    return ttyModule().isatty(this.descriptor);
  }

  public get columns(): number | undefined {
    return this.isTTY ? this.stream().columns : undefined;
  }

  /**
   * Writes all of it. A reader that has seen enough (`| head`) is no failure.
   */
  public write(text: string): void {
    let rest: Uint8Array = Buffer.from(text);
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.descriptor, rest));
    } catch (error) {
      this.failed(error as NodeJS.ErrnoException, rest);
    }
  }

  private failed(error: NodeJS.ErrnoException, rest: Uint8Array): void {
    // A pipe that does not block, and whose reader is slow: only a stream can wait for it.
    if (error.code === 'EAGAIN') this.waiting().write(rest);
    // Talk that nobody can hear ends nothing that is under way.
    else if (error.code !== 'EPIPE' && this.descriptor === 1) throw new UnwritableOutput(error.message);
  }

  /** Its reader may go while it waits, too. */
  private waiting(): NodeJS.WritableStream {
    const stream = this.stream();
    if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
    return stream;
  }
}

/**
 * The result cannot be written: the disk is full, for instance.
 */
export class UnwritableOutput extends Error {}
