import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIENCE, Claims, Forgery, Issuer } from './issuer';
import { DeployerIdentity, NamespaceDeployer, OidcIdentityOptions } from '../../src';
import { askKubectl } from '../cluster/ask-kubectl';
import { Outcome } from '../cluster/cluster';
import { ControlPlane } from '../cluster/control-plane';
import { runCli } from '../support/cli';
import { jsonObjects } from '../support/discovery-server';
import { plainChart, synth } from '../support/synth';
import { until } from '../support/until';

/** What kubectl makes of a 401. */
export const UNAUTHORIZED = { status: 1, stdout: '', stderr: expect.stringMatching(/^error: You must be logged in to the server/m) };

export interface JobOptions {
  readonly stdin?: string;
  readonly forgery?: Forgery;
  readonly namespace?: string;
}

/**
 * What an administrator applies for project 42: the namespace, too.
 */
export function oidcAccess(issuer: Issuer, namespace: string, options: Partial<OidcIdentityOptions> = {}): string {
  const chart = plainChart('access');
  const identity = DeployerIdentity.oidc({ projectId: 42, issuer: issuer.url, audience: AUDIENCE, ...options });
  new NamespaceDeployer(chart, 'gitlab', { namespace, identity, createNamespace: true });
  return synth(chart).map((object) => JSON.stringify(object)).join('\n---\n');
}

/** What the API server made of a token. */
export interface Reviewed {
  readonly authenticated?: boolean;
  readonly user?: { readonly username: string; readonly groups: readonly string[] };
}

/**
 * Jobs of an issuer, at a cluster.
 */
export class Jobs {
  constructor(private readonly issuer: Issuer, private readonly cluster: ControlPlane) {}

  /** As a job does it: the token in a file, and the kubeconfig that says so. */
  public async kubectl(claims: Claims, args: readonly string[], options: JobOptions = {}): Promise<Outcome> {
    return askKubectl(await this.kubeconfig(claims, options), args, options);
  }

  /** The file that it uses. */
  public async kubeconfig(claims: Claims, { forgery, namespace = 'example' }: JobOptions = {}): Promise<string> {
    const [tokenFile, kubeconfig] = [join(this.cluster.folder, 'id-token'), join(this.cluster.folder, 'job-kubeconfig')];
    writeFileSync(tokenFile, this.issuer.token(claims, forgery));
    const { stdout } = await runCli(['kubeconfig', this.cluster.kubeconfig, '--namespace', namespace, '--id-token-file', tokenFile, '--output', '-']);
    writeFileSync(kubeconfig, stdout);
    return kubeconfig;
  }

  /** What the API server makes of tokens, by one run of kubectl. */
  public async review(all: readonly Claims[]): Promise<Reviewed[]> {
    const items = all.map((claims) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: this.issuer.token(claims) } }));
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await askKubectl(this.cluster.kubeconfig, ['create', '--validate=ignore', '-o', 'json', '-f', '-'], { stdin });
    return (jsonObjects(stdout) as Array<{ readonly status: Reviewed }>).map(({ status }) => status);
  }

  /** The API server asks the issuer for its keys after it has started, or has read the file again. */
  public async untilKnown(claims: Claims = {}): Promise<void> {
    await until(async () => (await this.review([claims]))[0]?.authenticated === true);
  }
}
