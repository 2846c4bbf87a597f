import { Box, environmentBox, jobBox, Placed } from './box';
import type { PipelineGraph } from './graph';
import { Line, routed } from './routes';

/**
 * A picture with its places, in pixels.
 */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly DrawnColumn[];
  readonly boxes: readonly Placed[];
  readonly lines: readonly Line[];
}

/** A stage, or the environments. */
export interface DrawnColumn {
  readonly title: string;
  readonly kind: 'stage' | 'environments';
  readonly x: number;
  readonly width: number;
}

/** Around everything. */
export const MARGIN = 24;
/** Where boxes begin: below the names of the columns. */
export const TOP = 74;
/** Between boxes of a column: a short arrow with its label. */
const GAP = 34;
/** Below the boxes: the legend. */
const BOTTOM = 56;

/**
 * Places the boxes of a pipeline, a column for each stage, and the lines between them. The same pipeline has the same places.
 */
export function layout(graph: PipelineGraph): Drawing {
  const stacks = columnsOf(graph);
  const rough = placedIn(stacks.map(({ boxes }) => boxes), stacks.map(() => 0), graph);
  const gutters = routed(graph, rough).gutters;
  const widths = stacks.map(({ boxes, title }) => Math.max(title.length * 8 + 16, ...boxes.map(({ width }) => width)));
  const xs = widths.map((_, index) => MARGIN + sum(gutters.slice(0, index + 1)) + sum(widths.slice(0, index)));
  const boxes = placedIn(stacks.map((stack, index) => stack.boxes.map((box) => ({ ...box, width: widths[index] ?? box.width }))), xs, graph);
  const { lines, below } = routed(graph, boxes);
  return {
    width: (xs.at(-1) ?? 0) + (widths.at(-1) ?? 0) + (gutters.at(-1) ?? 0) + MARGIN,
    height: Math.max(TOP, ...boxes.map(({ y, height }) => y + height)) + below + BOTTOM,
    columns: stacks.map(({ title, kind }, index) => ({ title, kind, x: xs[index] ?? 0, width: widths[index] ?? 0 })),
    boxes,
    lines,
  };
}

interface Stack extends Pick<DrawnColumn, 'title' | 'kind'> {
  readonly boxes: readonly Box[];
}

/** Environments stand right behind the last stage that deploys. */
function columnsOf({ columns, targets, deployments }: PipelineGraph): Stack[] {
  const stages = columns.map(({ stage, jobs }): Stack => ({ title: stage, kind: 'stage', boxes: jobs.map((job) => jobBox(job, targets)) }));
  if (targets.length === 0) return stages;
  const last = columns.map(({ jobs }) => deployments.some(({ job }) => jobs.includes(job))).lastIndexOf(true);
  return [...stages.slice(0, last + 1), { title: 'environments', kind: 'environments', boxes: targets.map(environmentBox) }, ...stages.slice(last + 1)];
}

/** Each below the one before it; an environment beside the job that deploys to it. */
function placedIn(stacks: ReadonlyArray<readonly Box[]>, xs: readonly number[], { deployments }: PipelineGraph): Placed[] {
  const placed: Placed[] = [];
  stacks.forEach((boxes, column) => {
    let y = TOP;
    for (const box of boxes) {
      const job = deployments.find(({ target }) => box.of === target)?.job;
      y = Math.max(y, placed.find(({ of }) => of === job)?.y ?? 0);
      placed.push({ ...box, column, x: xs[column] ?? 0, y });
      y += box.height + GAP;
    }
  });
  return placed;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
