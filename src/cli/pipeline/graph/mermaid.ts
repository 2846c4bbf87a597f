import type { PipelineGraph } from './graph';
import { credentialWords, jobWords, targetWords } from './labels';
import { printableText } from '../../../base/printable';
import type { HeldCredential } from '../../../pipeline/jobs/job';
import type { JobModel } from '../../../pipeline/model/pipeline-model';

/**
 * The picture as text, which GitLab draws in Markdown.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaid({ columns, targets, arrows, deployments }: PipelineGraph): string {
  const jobs = columns.flatMap((column) => column.jobs);
  const job = (one: JobModel) => `job${jobs.indexOf(one)}`;
  const held = jobs.flatMap((one) => one.holds.map((credential) => ({ job: one, credential })));
  return [
    'flowchart LR',
    ...columns.flatMap(({ stage, jobs: its }, index) => [
      `  subgraph stage${index}[${text([stage])}]`,
      ...its.map((one) => `    ${job(one)}[${text([one.name, ...jobWords(one, targets).map(({ words }) => words)])}]`),
      '  end',
    ]),
    ...targets.length === 0 ? [] : [
      `  subgraph environments[${text(['environments'])}]`,
      ...targets.map((target, index) => `    env${index}([${text([target.environment, ...targetWords(target).map(({ words }) => words)])}])`),
      '  end',
    ],
    ...held.map((one, index) => `  key${index}{{${credentialText(one)}}}`),
    ...arrows.map(({ from, to, carries }) => `  ${job(from)} ${carries.length === 0 ? '-->' : `-->|${text([carries.join(' and ')])}|`} ${job(to)}`),
    ...held.map((one, index) => `  key${index} -.-> ${job(one.job)}`),
    ...deployments.map(({ job: one, target }) => `  ${job(one)} ${one.action === 'stops' ? '-. stops .->' : '==>'} env${targets.indexOf(target)}`),
    '',
  ].join('\n');
}

function credentialText({ job, credential }: { readonly job: JobModel; readonly credential: HeldCredential }): string {
  return text([credential.variable, credentialWords(credential, job)]);
}

/** Lines in quotes; whatever could mean something to Mermaid is a code. */
function text(lines: readonly string[]): string {
  return `"${lines.map((line) => printableText(line).replace(/[^\p{L}\p{N} _.,/:()-]/gu, (character) => `#${character.codePointAt(0)};`)).join('<br>')}"`;
}
