import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/**
 * @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
 */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly objectRef?: {
    readonly apiGroup?: string; readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

const LINE_FEED = 0x0a;

/**
 * The events in an API server's audit log. Each event is read and parsed once, because the log of a shared cluster has hundreds of thousands.
 */
export class AuditLog {
  /** Opens the log at its end, so that it gives only later events. */
  public static fromNow(file: string): AuditLog {
    return new AuditLog(file, statSync(file).size);
  }

  private readonly known: AuditEvent[] = [];
  private rest = Buffer.alloc(0);

  constructor(private readonly file: string, private position = 0) {}

  public events(): AuditEvent[] {
    const bytes = Buffer.concat([this.rest, this.unread()]);
    // The API server is still writing the text after the last line feed.
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    this.rest = bytes.subarray(end);
    const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    for (const line of lines) this.known.push(JSON.parse(line));
    return [...this.known];
  }

  private unread(): Buffer {
    const file = openSync(this.file, 'r');
    try {
      const bytes = Buffer.alloc(fstatSync(file).size - this.position);
      const count = readSync(file, bytes, 0, bytes.length, this.position);
      this.position += count;
      return bytes.subarray(0, count);
    } finally {
      closeSync(file);
    }
  }
}
