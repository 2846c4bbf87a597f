import { once } from 'node:events';
import { createServer, IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { Certified } from './x509';

/**
 * A server on 127.0.0.1.
 */
export interface Loopback {
  readonly port: number;
  readonly server: NetServer;
  /** Cuts every connection. */
  close(): Promise<void>;
}

const running: Loopback[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Starts a server on a free port of 127.0.0.1. The server stops at the end of the test. */
export async function listen(server: NetServer): Promise<Loopback> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const loopback: Loopback = {
    server,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
  running.push(loopback);
  return loopback;
}

export async function httpServer(listener: RequestListener): Promise<Loopback> {
  return listen(createServer(listener));
}

export async function httpsServer({ certificate, key }: Certified, listener: RequestListener, options: object = {}): Promise<Loopback> {
  const server: Server = createSecureServer({ cert: certificate, key, ...options }, listener);
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

/** The body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
