import { closeSync, constants, fstatSync, openSync, readSync, Stats } from 'node:fs';
import { codeOf, NOT_REGULAR } from './atomic-write';
import { inputTooLarge, LARGEST_INPUT } from './standard-input';
import type { Host } from '../base/host';

/** The code of the error for a pipe that no program has opened for writing. */
export const NO_WRITER = 'ENOWRITER';

/** Milliseconds until the first program must have opened a pipe for writing. */
const WRITER_TIMEOUT = 10_000;

/** Milliseconds between two reads of an empty pipe. */
const INTERVAL = 20;

/**
 * Reads a regular file completely.
 *
 * @param name For errors.
 * @throws Node's error, or one with the code `NOT_REGULAR`. `UserError` above 8 MiB.
 */
export function readRegular(name: string, file: string): Buffer {
  return opened(file, (descriptor, stats) => {
    if (stats.isDirectory()) throw coded('EISDIR');
    if (!stats.isFile()) throw coded(NOT_REGULAR);
    const content = new Content(name);
    while (content.add(readSome(descriptor)));
    return content.bytes;
  });
}

interface Waiting extends Pick<Host, 'clock'> {
  readonly signal?: AbortSignal;
}

/**
 * Reads a file, pipe or device completely. It never blocks the process: Node handles signals only between two reads.
 *
 * @throws The signal's reason when it is aborted, Node's error, or one with the code `NO_WRITER`. `UserError` above 8 MiB.
 */
export async function readAny(name: string, file: string, { clock, signal }: Waiting): Promise<Buffer> {
  const descriptor = open(file);
  try {
    const stats = fstatSync(descriptor);
    const content = new Content(name);
    for (const end = clock.now() + WRITER_TIMEOUT; ;) {
      const chunk = readSome(descriptor);
      // A pipe that nobody has opened for writing looks as if its writer had closed it.
      const hasNoWriter = stats.isFIFO() && content.isEmpty && chunk?.length === 0;
      if (hasNoWriter && clock.now() >= end) throw coded(NO_WRITER);
      if (!stats.isFile() && (chunk === undefined || hasNoWriter)) await clock.sleep(INTERVAL, signal);
      else if (!content.add(chunk)) return content.bytes;
      signal?.throwIfAborted();
    }
  } finally {
    closeSync(descriptor);
  }
}

class Content {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  public constructor(private readonly name: string) {}

  public get isEmpty(): boolean {
    return this.size === 0;
  }

  public get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Returns whether there may be more to read. */
  public add(chunk: Buffer | undefined): boolean {
    if (chunk === undefined || chunk.length === 0) return false;
    this.size += chunk.length;
    if (this.size > LARGEST_INPUT) throw inputTooLarge(this.name);
    this.chunks.push(chunk);
    return true;
  }
}

/** Opens for reading, which is the flag 0. Without O_NONBLOCK, a pipe without a writer would block the process. Windows has no such flag. */
function open(file: string): number {
  return openSync(file, constants.O_NONBLOCK ?? constants.O_RDONLY);
}

function opened<T>(file: string, action: (descriptor: number, stats: Stats) => T): T {
  const descriptor = open(file);
  try {
    return action(descriptor, fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** The next bytes: none at the end, and `undefined` while a pipe has none. */
function readSome(descriptor: number): Buffer | undefined {
  const chunk = Buffer.allocUnsafe(64 * 1024);
  try {
    return chunk.subarray(0, readSync(descriptor, chunk));
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
