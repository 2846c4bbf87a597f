import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { ControlPlane } from '../../cluster/control-plane';

/** An object of the API. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its fields differ from kind to kind, and a missing one fails the test
export type Any = any;

/** Milliseconds, only to guard against hanging. */
const LONGEST = 120_000;

/**
 * Sends requests to the API server as the administrator of the cluster, without the proxy.
 */
export class Administrator {
  /** The client certificate that the proxy uses for requests without a token. */
  public readonly client: { readonly cert: string; readonly key: string };

  private readonly agent = new Agent({ keepAlive: true });

  public constructor(private readonly cluster: Pick<ControlPlane, 'kubeconfig' | 'server' | 'certificateAuthority'>) {
    const { users: [{ user }] } = parse(readFileSync(cluster.kubeconfig, 'utf8'));
    const decoded = (key: string) => Buffer.from(user[key], 'base64').toString();
    this.client = { cert: decoded('client-certificate-data'), key: decoded('client-key-data') };
  }

  public async get(path: string): Promise<Any> {
    return this.expect([200], 'GET', path);
  }

  /** Undefined when the object does not exist. */
  public async find(path: string): Promise<Any> {
    const { status, body } = await this.ask('GET', path);
    return status === 200 ? body : undefined;
  }

  public async list(path: string): Promise<Any[]> {
    return (await this.get(path)).items;
  }

  public async create(path: string, object: object): Promise<Any> {
    return this.expect([201], 'POST', path, object);
  }

  /** A server-side apply of another field manager. */
  public async apply(path: string, object: object, manager = 'somebody-else'): Promise<Any> {
    return this.expect([200, 201], 'PATCH', `${path}?fieldManager=${manager}&force=true`, object, 'application/apply-patch+yaml');
  }

  public async delete(path: string): Promise<void> {
    await this.expect([200, 202, 404], 'DELETE', path);
  }

  /** The status code of a request with a token. */
  public async statusOf(token: string): Promise<number> {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    return (await this.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review, 'application/json', token)).status;
  }

  public close(): void {
    this.agent.destroy();
  }

  private async expect(statuses: readonly number[], ...asked: Parameters<Administrator['ask']>): Promise<Any> {
    const { status, body } = await this.ask(...asked);
    if (statuses.includes(status)) return body;
    throw new Error(`${asked[0]} ${asked[1]}: ${status} ${JSON.stringify(body)}`);
  }

  private async ask(method: string, path: string, object?: object, type = 'application/json', token?: string): Promise<{ status: number; body: Any }> {
    // Distinguishes these requests from the command's requests in the audit log.
    const headers = { 'content-type': type, 'audit-id': 'contract-administrator', ...token === undefined ? {} : { authorization: `Bearer ${token}` } };
    const { certificateAuthority: ca, server } = this.cluster;
    const tls = token === undefined ? { ca, ...this.client, agent: this.agent } : { ca, agent: false };
    const sending = request(`${server}${path}`, { method, headers, ...tls });
    sending.end(object === undefined ? undefined : JSON.stringify(object));
    const [answer] = await once(sending, 'response') as [IncomingMessage];
    const text = await textOf(answer);
    return { status: answer.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text };
  }
}

/**
 * Polls until a condition is true.
 *
 * @param what The condition, for the error after two minutes.
 */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LONGEST; !await isSo();) {
    if (Date.now() > end) throw new Error(`${what}: not so after ${LONGEST / 1000} s`);
    await pause(25);
  }
}
