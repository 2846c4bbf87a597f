import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { until } from './administrator';
import { Exchange } from './proxy';
import { AuditEvent, ControlPlane } from '../../cluster/control-plane';

type Event = AuditEvent & { readonly auditID: string; readonly stage: string };

/**
 * The events in the API server's audit log since this object was created.
 */
export class Audit {
  private readonly events = new Map<string, Event>();
  private readonly others: Event[] = [];
  private position: number;
  private rest = Buffer.alloc(0);

  public constructor(private readonly cluster: Pick<ControlPlane, 'auditLog'>) {
    const file = openSync(cluster.auditLog, 'r');
    this.position = fstatSync(file).size;
    closeSync(file);
  }

  /** The events of requests, in the order of the requests. The server writes an event after its response. */
  public async of(exchanges: readonly Exchange[]): Promise<Event[]> {
    await until('the audit log is complete', async () => {
      this.read();
      return exchanges.every(({ auditId }) => this.events.has(auditId));
    });
    return exchanges.map(({ auditId }) => this.events.get(auditId)).filter((event): event is Event => event !== undefined);
  }

  /** Requests of ServiceAccounts in a namespace that bypassed the proxy. */
  public beside(namespace: string): Event[] {
    return this.others.filter(({ user }) => user.username.startsWith(`system:serviceaccount:${namespace}:`));
  }

  private read(): void {
    const file = openSync(this.cluster.auditLog, 'r');
    try {
      const added = Buffer.alloc(fstatSync(file).size - this.position);
      this.position += readSync(file, added, 0, added.length, this.position);
      const bytes = Buffer.concat([this.rest, added]);
      const end = bytes.lastIndexOf('\n') + 1;
      this.rest = bytes.subarray(end);
      for (const line of bytes.subarray(0, end).toString().split('\n')) if (line !== '') this.take(JSON.parse(line));
    } finally {
      closeSync(file);
    }
  }

  private take(event: Event): void {
    if (event.stage !== 'ResponseComplete') return;
    if (event.auditID.startsWith('contract-')) this.events.set(event.auditID, event);
    else this.others.push(event);
  }
}
