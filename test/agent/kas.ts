import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createServer, request as forward } from 'node:https';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../cluster/pki';

/**
 * An agent in a cluster, with the data that GitLab has about it.
 */
export interface Agent {
  readonly id: number;
  /** The kubeconfig context of the agent: `<path of its project>:<name>`. */
  readonly context: string;
  readonly cluster: { readonly server: string; readonly certificateAuthority: string };
  /** The token of the agent's ServiceAccount. */
  readonly token: string;
  /**
   * Whether the agent's configuration has `access_as: { ci_job: {} }`.
   *
   * @default false - the agent sends requests as its own ServiceAccount
   */
  readonly accessAsJob?: boolean;
}

/**
 * A running job, with the data that GitLab has about it.
 */
export interface Job {
  readonly id: number;
  /** CI_JOB_TOKEN. */
  readonly token: string;
  readonly projectId: number;
  readonly groupIds: readonly number[];
  readonly pipelineId: number;
  readonly environment?: { readonly slug: string; readonly tier: string };
}

/**
 * A stand-in for GitLab's agent server (KAS). The server checks a job's token, and forwards the request to the API server as the agent does.
 * It has its own path and certificate.
 */
export interface Kas {
  readonly url: string;
  /** The CA certificate, as PEM. No kubeconfig contains it, because the machine trusts it. */
  readonly certificateAuthority: string;
  readonly certificateAuthorityFile: string;
  close(): Promise<void>;
}

const PREFIX = '/k8s-proxy/';

export async function startKas(agents: readonly Agent[], jobs: readonly Job[]): Promise<Kas> {
  const folder = mkdtempSync(join(tmpdir(), 'kas-'));
  const authority = new CertificateAuthority(folder);
  const { key, certificate } = authority.issue('kas', '/CN=kas', 'server');
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const passed = admitted(request, agents, jobs);
    if (typeof passed === 'number') response.writeHead(passed).end();
    else pass(request, response, passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}${PREFIX}`,
    certificateAuthority: readFileSync(authority.certificate, 'utf8'),
    certificateAuthorityFile: authority.certificate,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The kubeconfig that GitLab gives to a job. It has a context for each agent of the project, but no current context, namespace or certificate.
 *
 * @see https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
 */
export function agentKubeconfig({ url }: Kas, agents: readonly Agent[], job: Pick<Job, 'token'>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'gitlab', cluster: { server: url } }],
    users: agents.map(({ id }) => ({ name: `agent:${id}`, user: { token: `ci:${id}:${job.token}` } })),
    contexts: agents.map(({ id, context }) => ({ name: context, context: { cluster: 'gitlab', user: `agent:${id}` } })),
  });
}

interface Passed {
  readonly agent: Agent;
  readonly job: Job;
  readonly path: string;
}

/** The request to forward, or the status of the rejection. */
function admitted({ url = '', headers }: IncomingMessage, agents: readonly Agent[], jobs: readonly Job[]): Passed | number {
  const [, id, token] = /^Bearer ci:(\d+):(.+)$/.exec(headers.authorization ?? '') ?? [];
  const agent = agents.find((candidate) => candidate.id === Number(id));
  const job = jobs.find((candidate) => candidate.token === token);
  if (!agent || !job) return 401;
  if (!url.startsWith(PREFIX)) return 404;
  return { agent, job, path: url.slice(PREFIX.length - 1) };
}

function pass(request: IncomingMessage, response: ServerResponse, { agent, job, path }: Passed): void {
  const { server, certificateAuthority } = agent.cluster;
  const headers = { ...kept(request.headers), authorization: `Bearer ${agent.token}`, ...agent.accessAsJob ? impersonation(agent, job) : {} };
  const passed = forward(`${server}${path}`, { method: request.method, headers, ca: certificateAuthority }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => response.writeHead(502).end());
  request.pipe(passed);
}

/** Removes the headers that choose the user. A job may not set them. */
function kept(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(?:authorization|host|connection|impersonate-.*)$/.test(name)));
}

/** The extra fields of the impersonated user. RBAC must allow each of them. */
export const IMPERSONATED_EXTRAS = ['id', 'ci_job_id', 'ci_pipeline_id', 'project_id'].map((name) => `agent.gitlab.com/${name}`);

/**
 * @see https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/#impersonate-the-cicd-job-that-accesses-the-cluster
 */
function impersonation({ id: agentId }: Agent, { id, projectId, groupIds, pipelineId, environment }: Job): OutgoingHttpHeaders {
  return {
    'impersonate-user': `gitlab:ci_job:${id}`,
    'impersonate-group': [
      'gitlab:ci_job',
      ...groupIds.map((group) => `gitlab:group:${group}`),
      `gitlab:project:${projectId}`,
      ...environment ? [`gitlab:project_env:${projectId}:${environment.slug}`, `gitlab:project_env_tier:${projectId}:${environment.tier}`] : [],
    ],
    ...Object.fromEntries([agentId, id, pipelineId, projectId].map((value, index) =>
      [`impersonate-extra-${encodeURIComponent(IMPERSONATED_EXTRAS[index] ?? '')}`, String(value)])),
  };
}
