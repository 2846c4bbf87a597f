import { parse } from 'yaml';
import { schemaProblems } from '../../support/gitlab-ci-schema';

/**
 * A .gitlab-ci.yml as GitLab has it after `include` and `extends`.
 */
export interface CiFile {
  /** In their order, with `.pre` and `.post`. */
  readonly stages: readonly string[];
  readonly variables: Variables;
  /** The `rules` of `workflow`. */
  readonly workflow?: readonly Rule[];
  readonly jobs: readonly JobDefinition[];
}

/** Values of `variables`. A value with `expand: false` is passed as it is. */
export type Variables = Readonly<Record<string, { readonly value: string; readonly raw: boolean }>>;

/**
 * A job of the file. Optional properties are those keywords that the job does not have.
 */
export interface JobDefinition {
  readonly name: string;
  readonly stage: string;
  readonly image?: { readonly name: string; readonly entrypoint?: readonly string[] };
  readonly services: ReadonlyArray<{ readonly name: string; readonly alias?: string; readonly variables: Variables }>;
  readonly variables: Variables;
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  readonly rules?: readonly Rule[];
  readonly when: When;
  readonly allowFailure?: boolean;
  readonly needs?: readonly Need[];
  readonly dependencies?: readonly string[];
  readonly artifacts?: Artifacts;
  readonly environment?: Environment;
  readonly resourceGroup?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly retry: { readonly max: number; readonly when: readonly string[] };
  /** The audience of each id_token, by the name of its variable. */
  readonly idTokens: Readonly<Record<string, string | readonly string[]>>;
}

export type When = 'on_success' | 'on_failure' | 'always' | 'manual' | 'never';

export interface Rule {
  readonly if?: string;
  readonly when?: When;
  readonly allowFailure?: boolean;
  readonly variables: Variables;
}

export interface Need {
  readonly job: string;
  readonly artifacts: boolean;
  readonly optional: boolean;
}

export interface Artifacts {
  readonly name?: string;
  readonly paths?: readonly string[];
  readonly exclude?: readonly string[];
  readonly untracked?: boolean;
  readonly when: 'on_success' | 'on_failure' | 'always';
  readonly expireIn?: string;
  /** The paths of each report, by its type. */
  readonly reports: Readonly<Record<string, readonly string[]>>;
}

export interface Environment {
  readonly name: string;
  readonly url?: string;
  readonly action: string;
  readonly tier?: string;
}

/**
 * Reads a file.
 *
 * @throws When GitLab's schema rejects it, or it has a keyword that is not modelled here.
 */
export function readCiFile(text: string): CiFile {
  const problems = schemaProblems(text);
  if (problems.length > 0) throw new Error(`GitLab would reject the file: ${problems.join('; ')}`);
  const file = parse(text, { version: '1.1' }) as Keywords;
  const { stages = ['build', 'test', 'deploy'], variables, workflow, default: defaults = {}, ...others } = file;
  known('default', defaults, ['image', 'retry', 'timeout', 'before_script', 'after_script', 'interruptible']);
  known('workflow', workflow ?? {}, ['name', 'rules', 'auto_cancel']);
  const jobs = Object.entries(others).filter(([name]) => !name.startsWith('.')).map(([name, keywords]) => jobOf(name, { ...defaults, ...keywords }));
  return { stages: ['.pre', ...stages, '.post'], variables: variablesOf(variables), workflow: workflow?.rules?.map((rule: Keywords) => ruleOf('workflow', rule)), jobs };
}

/** What the parser returns, after the schema was checked. */
type Keywords = Record<string, any>;

const JOB_KEYWORDS = [
  'stage', 'image', 'services', 'variables', 'before_script', 'script', 'after_script', 'rules', 'when', 'allow_failure', 'needs', 'dependencies', 'artifacts',
  'environment', 'resource_group', 'timeout', 'retry', 'id_tokens', 'interruptible', 'tags',
];

function jobOf(name: string, keywords: Keywords): JobDefinition {
  known(name, keywords, JOB_KEYWORDS);
  const { image, services = [], retry = 0, environment, artifacts, id_tokens: idTokens = {} } = keywords;
  return {
    name,
    stage: keywords.stage ?? 'test',
    image: typeof image === 'string' ? { name: image } : image,
    services: services.map((service: string | Keywords) => (
      typeof service === 'string' ? { name: service, variables: {} } : { name: service.name, alias: service.alias, variables: variablesOf(service.variables) }
    )),
    variables: variablesOf(keywords.variables),
    script: [...linesOf(keywords.before_script), ...linesOf(keywords.script)],
    afterScript: linesOf(keywords.after_script),
    rules: keywords.rules?.map((rule: Keywords) => ruleOf(name, rule)),
    when: keywords.when ?? 'on_success',
    allowFailure: keywords.allow_failure,
    needs: keywords.needs?.map((need: string | Keywords) => needOf(name, need)),
    dependencies: keywords.dependencies,
    artifacts: artifacts && artifactsOf(name, artifacts),
    environment: environment && environmentOf(name, typeof environment === 'string' ? { name: environment } : environment),
    resourceGroup: keywords.resource_group,
    timeout: keywords.timeout === undefined ? undefined : secondsOf(keywords.timeout),
    retry: typeof retry === 'number' ? { max: retry, when: ['always'] } : { max: retry.max ?? 0, when: [retry.when ?? 'always'].flat() },
    idTokens: Object.fromEntries(Object.entries(idTokens as Record<string, Keywords>).map(([variable, { aud }]) => [variable, aud])),
  };
}

/** A silent pass would prove nothing about a keyword that has no effect here. */
function known(at: string, keywords: Keywords, names: readonly string[]): void {
  const unknown = Object.keys(keywords).filter((keyword) => !names.includes(keyword));
  if (unknown.length > 0) throw new Error(`${at}: the coordinator does not model ${unknown.join(', ')}`);
}

function ruleOf(at: string, rule: Keywords): Rule {
  known(`${at}: rules`, rule, ['if', 'when', 'allow_failure', 'variables']);
  return { if: rule.if, when: rule.when, allowFailure: rule.allow_failure, variables: variablesOf(rule.variables) };
}

function needOf(at: string, need: string | Keywords): Need {
  if (typeof need === 'string') return { job: need, artifacts: true, optional: false };
  known(`${at}: needs`, need, ['job', 'artifacts', 'optional']);
  return { job: need.job, artifacts: need.artifacts ?? true, optional: need.optional ?? false };
}

function artifactsOf(at: string, artifacts: Keywords): Artifacts {
  known(`${at}: artifacts`, artifacts, ['name', 'paths', 'exclude', 'untracked', 'when', 'expire_in', 'reports', 'access']);
  const reports = Object.entries(artifacts.reports ?? {}).map(([type, paths]) => [type, [paths].flat()]);
  return { ...artifacts, when: artifacts.when ?? 'on_success', expireIn: artifacts.expire_in, reports: Object.fromEntries(reports) };
}

function environmentOf(at: string, environment: Keywords): Environment {
  known(`${at}: environment`, environment, ['name', 'url', 'action', 'on_stop', 'auto_stop_in', 'deployment_tier', 'kubernetes']);
  return { name: environment.name, url: environment.url, action: environment.action ?? 'start', tier: environment.deployment_tier };
}

function variablesOf(variables: Keywords = {}): Variables {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => (
    typeof value === 'object' ? [name, { value: String(value.value ?? ''), raw: value.expand === false }] : [name, { value: String(value), raw: false }]
  )));
}

function linesOf(script: unknown): string[] {
  return [script ?? []].flat(3).map(String);
}

const UNITS: ReadonlyArray<readonly [RegExp, number]> = [[/^w/, 604_800], [/^d/, 86_400], [/^h/, 3_600], [/^m(?!o)/, 60], [/^s/, 1]];

/** Seconds of a duration such as `40 minutes` or `1h 30m`. */
function secondsOf(text: string | number): number {
  const parts = [...String(text).matchAll(/(\d+)\s*([a-z]*)/g)].map(([, amount, unit = '']) => Number(amount) * (UNITS.find(([name]) => name.test(unit || 's'))?.[1] ?? NaN));
  const sum = parts.reduce((total, part) => total + part, 0);
  if (parts.length === 0 || Number.isNaN(sum)) throw new Error(`the coordinator does not read the duration ${text}`);
  return sum;
}
