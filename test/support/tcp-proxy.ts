import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/**
 * A proxy that forwards bytes to a port of this machine. It imitates a network that is slow or breaks.
 */
export class TcpProxy {
  public static async start(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** Delays every answer by this many milliseconds. */
  public delay = 0;
  /** The number of connections so far. */
  public connections = 0;

  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: number) {
    this.server = createServer((client) => this.join(client));
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The number of open connections. */
  public get open(): number {
    return this.sockets.size / 2;
  }

  /** Resets every connection. */
  public cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  public stop(): void {
    this.cut();
    this.server.close();
  }

  private join(client: Socket): void {
    this.connections += 1;
    const upstream = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => setTimeout(() => client.write(data), this.delay));
  }
}
