import { printableText } from '../../base/printable';
import type { HeldCredential } from '../../pipeline/jobs/job';
import type { JobModel, PipelineModel, RuleModel, TargetModel } from '../../pipeline/model/pipeline-model';

/**
 * A pipeline as a Mermaid flowchart: each job with the condition under which it runs, each arrow with the artifacts, variables or credential on it.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaid(model: PipelineModel): string {
  const { targets } = model;
  const stages = orderedStages(model);
  const jobs = stages.flatMap((stage) => model.jobs.filter((job) => job.stage === stage));
  const jobId = (job: JobModel) => `job${jobs.indexOf(job)}`;
  return [
    'flowchart LR',
    ...stages.flatMap((stage, index) => [
      `  subgraph stage${index}[${label([stage])}]`,
      ...jobs.filter((job) => job.stage === stage).map((job) => `    ${jobId(job)}[${label([job.name, ...jobLines(job, stage === stages[0], targets)])}]`),
      '  end',
    ]),
    ...targets.length === 0 ? [] : [
      `  subgraph environments[${label(['environments'])}]`,
      ...targets.map((target, index) => `    env${index}([${label([target.environment, ...targetLines(target)])}])`),
      '  end',
    ],
    ...jobs.flatMap((to) => (to.needs ?? []).flatMap(({ job: name, artifacts }) => {
      const from = jobs.find((job) => job.name === name);
      return from === undefined ? [] : [arrow(jobId(from), '-->', jobId(to), artifacts ? handedOver(from, to) : [])];
    })),
    ...jobs.flatMap((job) => targets.flatMap((target, index) => (isDrawn(job, target) ? [deployment(job, jobId(job), `env${index}`)] : []))),
    ...credentialsOfOtherJobs(jobs, targets, jobId),
    '',
  ].join('\n');
}

/** The stages that have jobs. GitLab runs `.pre` before all others and `.post` after them. */
function orderedStages({ stages, jobs }: PipelineModel): string[] {
  const isOrdinary = (stage: string) => stage !== '.pre' && stage !== '.post';
  const all = ['.pre', ...[...stages, ...jobs.map(({ stage }) => stage)].filter(isOrdinary), '.post'];
  return [...new Set(all)].filter((stage) => jobs.some((job) => job.stage === stage));
}

function jobLines(job: JobModel, isFirstStage: boolean, targets: readonly TargetModel[]): string[] {
  const { rules = [], manual, protected: isProtected, needs, environment, action } = job;
  const isTarget = action !== 'uses' && targets.some((target) => target.environment === environment);
  return [
    ...rules.flatMap(ruleText),
    ...manual && rules.length === 0 ? ['manual'] : [],
    ...isProtected && !rules.some((rule) => rule.if?.includes('CI_COMMIT_REF_PROTECTED')) ? ['protected refs only'] : [],
    ...needs === undefined && !isFirstStage ? ['after all earlier stages'] : [],
    ...environment === undefined || isTarget ? [] : [`environment ${environment}`],
  ];
}

const WHEN = new Map([['on_success', ''], ['on_failure', 'on failure ']]);

/** GitLab takes the first rule that matches. */
function ruleText({ if: condition, changes, exists, when }: RuleModel, index: number): string[] {
  const conditions = [
    ...condition === undefined ? [] : [condition],
    ...changes === undefined ? [] : [`${changes.join(', ')} changed`],
    ...exists === undefined ? [] : [`${exists.join(', ')} exists`],
  ];
  const prefix = WHEN.get(when) ?? `${when} `;
  if (conditions.length > 0) return [`${prefix}if ${conditions.join(' and ')}`];
  const text = `${prefix}${index === 0 ? '' : 'otherwise'}`.trim();
  return text === '' ? [] : [text];
}

function targetLines({ namespace, protected: isProtected, review }: TargetModel): string[] {
  return [`namespace ${namespace}`, ...review ? ['one for each merge request'] : [], ...isProtected ? ['protected'] : []];
}

/** The artifacts and variables that a job gets from another one. `IMAGE_PIPELINE_ID` goes with `IMAGE` and is left out. */
function handedOver(from: JobModel, to: JobModel): string[] {
  const variables = from.gives.filter((variable) => to.takes.includes(variable));
  const named = variables.filter((variable) => !variables.some((other) => variable === `${other}_PIPELINE_ID`));
  return [...from.artifacts.length > 0 ? [`artifacts ${from.artifacts.join(', ')}`] : [], ...named.length > 0 ? [`dotenv ${named.join(', ')}`] : []];
}

function isDrawn({ action, environment }: JobModel, target: TargetModel): boolean {
  return action !== 'uses' && environment === target.environment;
}

function deployment(job: JobModel, from: string, to: string): string {
  const credentials = job.holds.map((credential) => `${credential.variable}, ${credentialText(credential, job)}`);
  return job.action === 'stops' ? arrow(from, '-.->', to, ['stops', ...credentials]) : arrow(from, '==>', to, credentials);
}

/** A job without an arrow to an environment, such as one that rotates a credential, gets an arrow from each credential. */
function credentialsOfOtherJobs(jobs: readonly JobModel[], targets: readonly TargetModel[], jobId: (job: JobModel) => string): string[] {
  const others = jobs.filter((job) => !targets.some((target) => isDrawn(job, target)));
  return others.flatMap((job) => job.holds.map((credential) => ({ job, credential }))).flatMap(({ job, credential }, index) => [
    `  key${index}{{${label([credentialText(credential, job)])}}}`,
    arrow(`key${index}`, '-.->', jobId(job), [credential.variable]),
  ]);
}

function credentialText({ kind, source }: HeldCredential, { environment }: JobModel): string {
  return (source === 'variable' || source === 'gitlab') && environment !== undefined ? `${kind} for ${environment}` : kind;
}

function arrow(from: string, line: string, to: string, lines: readonly string[]): string {
  return `  ${from} ${line}${lines.length === 0 ? '' : `|${label(lines)}|`} ${to}`;
}

/** Letters, digits, space, comma, slash, and a hyphen or underscore inside a word mean nothing to Mermaid and to the Markdown in its labels. */
const SPECIAL = /^ |(?<![\p{L}\p{N}])[-_]|[-_](?![\p{L}\p{N}])|[^\p{L}\p{N} ,/_-]/gu;

/** Lines in quotes. Every special character becomes a code such as `#36;`. */
function label(lines: readonly string[]): string {
  return `"${lines.map((line) => printableText(line).replace(SPECIAL, (character) => `#${character.codePointAt(0)};`) || '#32;').join('<br>')}"`;
}
