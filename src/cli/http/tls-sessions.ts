/**
 * What connections leave for the next one to the same server: its handshake is shorter, and the certificate, which was verified, does not come again.
 * They are only for connections that are verified by the same certificates, with the same client certificate or none.
 */
export class TlsSessions {
  private readonly sessions = new Map<string, Buffer>();

  /**
   * @param server Host and port.
   */
  public of(server: string): Buffer | undefined {
    return this.sessions.get(server);
  }

  public note(server: string, session: Buffer): void {
    this.sessions.set(server, session);
  }
}
