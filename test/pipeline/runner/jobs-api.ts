import { once } from 'node:events';
import { createServer, IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { DotenvRefused, readDotenv } from './dotenv';
import { answerGit } from './git-http';
import type { Job } from './job';

/**
 * What the API serves: jobs to hand out, and the project's repository.
 */
export interface JobSource {
  /** A bare repository. */
  readonly repository: string;
  /** Seconds between two updates of a running job: 3 while somebody watches it, else up to 60. */
  readonly updateInterval: number;
  /** The job that waits for a runner, as GitLab hands it out. */
  take(runner: RunnerInfo): { readonly payload: object } | undefined;
  job(id: number): Job | undefined;
  /** Is called for each part of a log. */
  traced(job: Job, text: string): void;
}

/** What a runner says about itself. */
export interface RunnerInfo {
  readonly features?: { readonly cancel_gracefully?: boolean };
}

/**
 * GitLab's API for runners, and Git over HTTP, on 127.0.0.1.
 *
 * @see lib/api/ci/runner.rb of GitLab and network/gitlab.go of GitLab Runner
 */
export class JobsApi {
  /** The address of this GitLab. */
  public url = '';
  /** An error of the API itself, which a runner would hide. */
  public error?: Error;
  private readonly server: Server;

  constructor(private readonly source: JobSource) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: Error) => {
        this.error ??= error;
        response.writeHead(500).end();
      });
    });
  }

  public async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname.startsWith(GIT)) return this.git(url.pathname.slice(GIT.length - 1), request, response);
    const body = Buffer.concat(await request.toArray() as Buffer[]);
    const reply = new Reply(response);
    if (url.pathname === '/api/v4/jobs/request') {
      const taken = this.source.take(JSON.parse(body.toString()).info);
      return taken ? reply.json(201, taken.payload) : reply.empty(204);
    }
    const [, id, path = ''] = /^\/api\/v4\/jobs\/(\d+)(\/\w+)?$/.exec(url.pathname) ?? [];
    const job = this.source.job(Number(id));
    if (!job) return reply.json(404, { message: '404 Not found' });
    if (request.headers['job-token'] !== job.token) return reply.json(403, { message: '403 Forbidden' });
    switch (`${request.method} ${path}`) {
      case 'PATCH /trace': return this.append(job, request, body, reply);
      case 'PUT ': return this.update(job, JSON.parse(body.toString()), reply);
      case 'POST /artifacts': return store(job, url.searchParams, request, body, reply);
      case 'GET /artifacts': return archive(job, reply);
      default: throw new Error(`the coordinator does not model ${request.method} ${url.pathname}`);
    }
  }

  /** The runner learns from these headers that its job was canceled. */
  private state({ cancellation, status }: Job): OutgoingHttpHeaders {
    return { 'Job-Status': cancellation ?? status, 'X-GitLab-Trace-Update-Interval': String(this.source.updateInterval) };
  }

  private append(job: Job, request: IncomingMessage, body: Buffer, reply: Reply): void {
    const [from] = String(request.headers['content-range']).split('-').map(Number);
    if (job.cancellation === 'canceled') {
      job.refusedTrace = body;
      return reply.json(403, { message: '403 Forbidden - Job is not running' }, this.state(job));
    }
    const range = () => ({ ...this.state(job), Range: `0-${job.trace.length}` });
    if (from !== job.trace.length) return reply.empty(416, range());
    job.trace = Buffer.concat([job.trace, body]);
    this.source.traced(job, body.toString());
    return reply.empty(202, range());
  }

  private update(job: Job, update: JobUpdate, reply: Reply): void {
    if (update.state === 'running') return reply.empty(200, this.state(job));
    if (job.cancellation === 'canceled') {
      job.status = 'canceled';
      return reply.json(403, { message: '403 Forbidden - Job is not running' }, this.state(job));
    }
    if (update.output?.bytesize !== job.trace.length) return reply.empty(412, this.state(job));
    job.status = job.cancellation ? 'canceled' : update.state;
    job.failureReason = update.failure_reason;
    job.exitCode = update.exit_code ?? 0;
    return reply.empty(200, this.state(job));
  }

  /** Serves the repository to the running job only. */
  private async git(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token = ''] = Buffer.from(request.headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString().split(':');
    const job = this.source.job(NaN);
    if (job?.status === 'running' && job.token === token) return answerGit(this.source.repository, path, request, response);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitLab"' }).end();
  }
}

const GIT = '/group/site.git/';

interface JobUpdate {
  readonly state: 'running' | 'success' | 'failed';
  readonly failure_reason?: string;
  readonly exit_code?: number;
  readonly output?: { readonly bytesize: number };
}

class Reply {
  constructor(private readonly response: ServerResponse) {}

  public json(status: number, value: object, headers: OutgoingHttpHeaders = {}): void {
    this.response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(value));
  }

  public empty(status: number, headers: OutgoingHttpHeaders = {}): void {
    this.response.writeHead(status, headers).end();
  }

  public zip(content: Buffer): void {
    this.response.writeHead(200, { 'content-type': 'application/zip' }).end(content);
  }
}

async function store(job: Job, query: URLSearchParams, request: IncomingMessage, body: Buffer, reply: Reply): Promise<void> {
  const type = query.get('artifact_type') ?? 'archive';
  const form = await new Response(body, { headers: { 'content-type': String(request.headers['content-type']) } }).formData();
  const content = Buffer.from(await (form.get('file') as File).arrayBuffer());
  const artifact = query.get('artifact_format') === 'gzip' ? gunzipSync(content) : content;
  try {
    if (type === 'dotenv') job.dotenv = readDotenv(artifact);
  } catch (error) {
    if (error instanceof DotenvRefused) return reply.json(400, { message: error.message });
    throw error;
  }
  job.artifacts.set(type, artifact);
  return reply.json(201, { message: '201 Created' });
}

function archive(job: Job, reply: Reply): void {
  const content = job.artifacts.get('archive');
  if (content) reply.zip(content);
  else reply.json(404, { message: '404 Not found' });
}
