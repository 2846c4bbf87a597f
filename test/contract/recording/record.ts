import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { Audit } from './audit';
import { Normaliser } from './normalise';
import { Exchange } from './proxy';
import { Result, Stage, WrittenFile } from './stage';
import { ControlPlane } from '../../cluster/control-plane';
import { Run, Scenario } from '../scenario';

/** Request bodies by hash. */
export type Bodies = Map<string, unknown>;

/**
 * The requests and results of a scenario, without values that differ between two runs.
 */
export interface ScenarioRecord {
  readonly shows: string;
  readonly runs: readonly RunRecord[];
}

export interface RunRecord {
  readonly command: string;
  readonly exit: number;
  /** Requests, and groups of requests that waited at the same time. */
  readonly requests?: ReadonlyArray<string | { readonly together: readonly string[] }>;
  /** Audit events by user. */
  readonly audit?: { readonly [user: string]: readonly string[] };
  readonly stdout?: unknown;
  readonly files?: { readonly [name: string]: unknown };
}

/**
 * Runs a scenario and records it.
 *
 * @param bodies Receives the bodies of its requests.
 */
export async function record(scenario: Scenario, cluster: ControlPlane, bodies: Bodies): Promise<ScenarioRecord> {
  const stage = await Stage.set(cluster, `contract-${scenario.name}`);
  try {
    await scenario.given?.(stage);
    const audit = new Audit(cluster);
    const normaliser = new Normaliser(stage.namespace, stage.names);
    const runs: RunRecord[] = [];
    for (const run of scenario.runs) {
      const result = await stage.run(run);
      if (run.isGiven) result.exchanges.flat().forEach((exchange) => normaliser.learn(exchange));
      else runs.push(await new Recorder(stage, normaliser, audit, bodies).record(run, result));
      if (run.isGiven && result.exit !== 0) throw new Error(`${scenario.name}: ${run.command} exits with ${result.exit}:\n${result.stderr}`);
    }
    const beside = audit.beside(stage.namespace).map(({ verb, requestURI }) => `${verb} ${requestURI}`);
    if (beside.length > 0) throw new Error(`${scenario.name}: requests went past the proxy:\n${beside.join('\n')}`);
    return { shows: scenario.shows, runs };
  } finally {
    await stage.leave();
  }
}

class Recorder {
  public constructor(
    private readonly stage: Stage, private readonly normaliser: Normaliser, private readonly audit: Audit, private readonly bodies: Bodies,
  ) {}

  public async record({ command }: Run, { exit, stdout, exchanges, files }: Result): Promise<RunRecord> {
    const groups = exchanges.map((group) => this.requests(group)).filter((group) => group.length > 0);
    const requests = groups.map((group) => (group.length === 1 ? group[0] as string : { together: group }));
    const audit = await this.auditOf(exchanges.flat());
    const output = this.output(command, stdout);
    return {
      command,
      exit,
      ...requests.length > 0 && { requests },
      ...Object.keys(audit).length > 0 && { audit },
      ...output !== undefined && { stdout: output },
      ...files.size > 0 && { files: Object.fromEntries([...files].map(([name, file]) => [this.normaliser.text(name), this.file(name, file)])) },
    };
  }

  /** A request can only contain names from earlier responses. */
  private requests(group: readonly Exchange[]): string[] {
    const requests = group.filter((exchange) => !isRenewal(exchange)).map((exchange) => this.request(exchange));
    group.forEach((exchange) => this.normaliser.learn(exchange));
    return requests;
  }

  private request({ method, path, headers, body, status, server }: Exchange): string {
    const type = method === 'PATCH' ? `(${/apply|merge|json|strategic/.exec(headers['content-type'] ?? '')?.[0]})` : '';
    const user = headers['impersonate-user'];
    // The path first, because its names occur in the body.
    const where = `${server === 'gitlab' ? '<gitlab>' : ''}${this.normaliser.text(sortedQuery(path))}`;
    const hash = body === '' ? '' : ` body=${this.bodyHash(body)}`;
    return `${method}${type} ${where}${user === undefined ? '' : ` as=${this.normaliser.text(String(user))}`}${hash} -> ${status ?? 'no answer'}`;
  }

  private bodyHash(text: string): string {
    const body = this.normaliser.body(text);
    const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 12);
    this.bodies.set(hash, body);
    return hash;
  }

  private async auditOf(exchanges: readonly Exchange[]): Promise<Record<string, string[]>> {
    // The audit log has no user for requests that the server answers with 401.
    const isLogged = ({ server, answer, status }: Exchange) => server === 'kubernetes' && answer !== undefined && status !== 401;
    const logged = exchanges.filter((exchange) => isLogged(exchange) && !isRenewal(exchange));
    const byUser: Record<string, string[]> = {};
    for (const { user, verb, requestURI, objectRef, responseStatus } of await this.audit.of(logged)) {
      const { resource = new URL(requestURI, 'https://server').pathname, subresource, name, namespace } = objectRef ?? {};
      const what = [resource, name, subresource].filter((part) => part !== undefined && part !== '').join('/');
      const line = `${verb} ${what}${namespace === undefined || namespace === this.stage.namespace ? '' : ` in ${namespace}`} ${responseStatus?.code}`;
      (byUser[this.normaliser.text(user.username ?? 'nobody')] ??= []).push(this.normaliser.text(line));
    }
    return Object.fromEntries(Object.entries(byUser).map(([user, lines]) => [user, counted(lines)]));
  }

  private output(command: string, stdout: string): unknown {
    if (command.includes('--help')) return undefined;
    if (command.includes('--output json')) return stdout === '' ? undefined : this.normaliser.machineReadable(JSON.parse(stdout));
    return command.includes('--output -') || command.startsWith('render') ? this.normaliser.content(stdout) : undefined;
  }

  private file(name: string, { text, mode }: WrittenFile): unknown {
    const content = this.content(name, text);
    return mode === 0o600 ? { mode: '0600', content } : content;
  }

  /** Of texts for people, only that they were written. */
  private content(name: string, text: string): unknown {
    switch (extname(name)) {
      case '.xml': return testCases(text).map((line) => this.normaliser.text(line));
      case '.env': return this.normaliser.text(text).trimEnd().split('\n');
      case '.yaml': case '.yml': case '.json': case '.kubeconfig': return this.normaliser.content(text);
      default: return '<written>';
    }
  }
}

/** Equal adjacent lines become one line with a count. */
function counted(lines: readonly string[]): string[] {
  const runs: Array<{ readonly line: string; times: number }> = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.times += 1;
    else runs.push({ line, times: 1 });
  }
  return runs.map(({ line, times }) => (times === 1 ? line : `${line}, ${times} times`));
}

/** A renewal of the Lease. Their number depends on the duration of the command. */
function isRenewal({ method, path, body }: Exchange): boolean {
  return method === 'PATCH' && path.includes('/leases/') && Object.keys(JSON.parse(body).spec ?? {}).join() === 'renewTime';
}

function sortedQuery(path: string): string {
  const [place = '', query = ''] = path.split('?', 2);
  const parameters = decodeURIComponent(query.replaceAll('+', ' ')).split('&').map((parameter) => parameter.replace(/^resourceVersion=\d{2,}$/, 'resourceVersion=<version>')).sort();
  return query === '' ? place : `${place}?${parameters.join('&')}`;
}

/** The cases of a JUnit report and their results, without messages and times. */
function testCases(xml: string): string[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, attributes = '', , content = '']) => {
    const value = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    return `${value('classname')} / ${value('name')} -> ${/<(failure|error|skipped)/.exec(content)?.[1] ?? 'passed'}`;
  });
}
