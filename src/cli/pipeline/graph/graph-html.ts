import type { Arrow, PipelineGraph } from './graph';
import { credentialWords, jobWords, targetWords } from './labels';
import { svgElement } from './svg';
import type { JobModel, TargetModel } from '../../../pipeline/model/pipeline-model';
import { html, page } from '../../io/html-page';

/**
 * The picture as a page, with what it shows in tables.
 */
export function graphHtml(graph: PipelineGraph): string {
  const jobs = graph.columns.flatMap((column) => column.jobs);
  const body = [
    `<h1>Pipeline of <code>${html(graph.app)}</code></h1>`,
    `<div class="wide picture" role="region" aria-label="picture" tabindex="0">${svgElement(graph)}</div>`,
    table('Jobs', ['job', 'stage', 'needs', 'what it is', 'credential'], jobs.map((job) => jobRow(job, graph))),
    graph.targets.length === 0 ? '' : table('Environments', ['environment', 'what it is', 'jobs', 'credential'], graph.targets.map((target) => targetRow(target, graph))),
  ];
  return page(`Pipeline of ${graph.app}`, body.filter(Boolean).join('\n'), STYLE);
}

/** As wide as it is, where the screen is; beyond the text, too. */
const STYLE = `
.picture { position: relative; left: 50%; transform: translateX(-50%); width: max-content; max-width: calc(100vw - 4rem); }
.picture svg { display: block; }
@media (max-width: 72rem) { .picture { max-width: 100%; } }
`;

type Cells = readonly [head: string, ...rest: string[]];

function table(title: string, heads: readonly string[], rows: readonly Cells[]): string {
  const id = title.toLowerCase();
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.map(([first, ...rest]) => `<tr><th scope="row">${first}</th>${rest.map((cell) => `<td class="text">${cell}</td>`).join('')}</tr>`);
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<div class="wide" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>
</section>`;
}

function jobRow(job: JobModel, { arrows, targets, deployments }: PipelineGraph): Cells {
  const target = deployments.find((deployment) => deployment.job === job)?.target;
  return [
    html(job.name),
    html(job.stage),
    lines(arrows.filter(({ to }) => to === job).map(needText)),
    lines([...target === undefined ? [] : [`environment ${target.environment}, namespace ${target.namespace}`], ...jobWords(job, targets).map(({ words }) => words)]),
    credentials([job]),
  ];
}

function needText({ from, carries }: Arrow): string {
  return carries.length === 0 ? from.name : `${from.name}: ${carries.join(' and ')}`;
}

function targetRow(target: TargetModel, { deployments }: PipelineGraph): Cells {
  const jobs = deployments.filter((deployment) => deployment.target === target).map(({ job }) => job);
  return [html(target.environment), lines(targetWords(target).map(({ words }) => words)), lines(jobs.map(({ name }) => name)), credentials(jobs)];
}

function credentials(jobs: readonly JobModel[]): string {
  const all = jobs.flatMap((job) => job.holds.map((credential) => `<div><code>${html(credential.variable)}</code>, ${html(credentialWords(credential, job))}</div>`));
  return [...new Set(all)].join('');
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `<div>${html(text)}</div>`).join('');
}
