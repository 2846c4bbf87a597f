import { Placed, textWidth } from './box';
import type { PipelineGraph } from './graph';

/**
 * A line of the picture.
 */
export interface Line {
  readonly kind: 'needs' | 'deploys' | 'stops';
  /** Corners, from its start to where its arrow points. */
  readonly points: readonly Point[];
  /** Beside its start; of lines that start together, only the first has one. */
  readonly label?: Label;
  /** What it says, in words. */
  readonly words: string;
}

export type Point = readonly [x: number, y: number];

export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/**
 * The lines between placed boxes, and what they need for it.
 */
export interface Routes {
  readonly lines: readonly Line[];
  /** How wide the space must be before each column, and after the last one. */
  readonly gutters: readonly number[];
  /** How much is needed below the lowest box. */
  readonly below: number;
}

/** Lines that start at one box and say the same: they share their first part. */
interface Bundle {
  readonly kind: Line['kind'];
  readonly from: Placed;
  readonly to: readonly Placed[];
  readonly label: string;
}

/** Between lines that run side by side. */
const LANE = 10;
/** Where the first line leaves or reaches a box, below its top. */
const PORT = 22;
/** Between lines that leave a box: their labels stand above them. */
const OUT = 18;
/** Between lines that reach a box. */
const IN = 12;
/** An arrow, and a bit of line before it. */
const ARROW = 22;
const LETTER = 6.2;
/** From a box to the label of its line, past the edge of the column. */
const LABEL = 15;

/**
 * Finds a way for every line: beside the columns, and where a column is in the way, below all boxes.
 */
export function routed(graph: PipelineGraph, boxes: readonly Placed[]): Routes {
  return new Router(boxes, bundlesOf(graph, boxes)).routes();
}

class Router {
  private readonly out = new Map<Placed, number>();
  private readonly in = new Map<Placed, number>();
  /** Lanes in the space before each column: of lines that leave a box, and of lines that come from below. */
  private readonly leaving: number[];
  private readonly coming: number[];
  private readonly labels: number[];
  private readonly bottom: number;
  private channels = 0;

  public constructor(private readonly boxes: readonly Placed[], private readonly bundles: readonly Bundle[]) {
    const columns = Math.max(-1, ...boxes.map(({ column }) => column)) + 2;
    [this.leaving, this.coming] = [Array(columns).fill(0), Array(columns).fill(0)];
    this.labels = Array.from({ length: columns }, (_, column) => Math.max(0, ...bundles
      .filter((bundle) => bundle.from.column === column - 1 && !bundle.to.every((to) => isBelow(bundle.from, to, boxes)))
      .map(({ label }) => (label === '' ? 0 : LABEL + Math.ceil(textWidth(label, LETTER))))));
    this.bottom = Math.max(0, ...boxes.map(({ y, height }) => y + height));
  }

  public routes(): Routes {
    const lines = this.bundles.flatMap((bundle) => this.linesOf(bundle));
    const last = this.leaving.length - 1;
    const gutters = this.leaving.map((lanes, column) => {
      const all = lanes + (this.coming[column] ?? 0);
      const isOuter = column === 0 || column === last;
      return isOuter && all === 0 ? 0 : (this.labels[column] ?? 0) + LANE * (all + 1) + ARROW;
    });
    return { lines, gutters, below: this.channels * LANE + (this.channels > 0 ? LANE : 0) };
  }

  private linesOf(bundle: Bundle): Line[] {
    const straight = bundle.to.filter((to) => isBelow(bundle.from, to, this.boxes));
    const others = bundle.to.filter((to) => !straight.includes(to));
    return [...straight.map((to) => down(bundle, to)), ...others.length === 0 ? [] : this.sideways(bundle, others)];
  }

  private sideways({ from, kind, label }: Bundle, all: readonly Placed[]): Line[] {
    const start: Point = [from.x + from.width, from.y + Math.min(PORT + OUT * next(this.out, from), from.height - 8)];
    const ends = all.map((to) => [to, this.endAt(from, to)] as const);
    const isStraight = ends.every(([to, [, y]]) => to.column === from.column + 1 && y === start[1]);
    const gutter = from.column + 1;
    const lane = start[0] + (this.labels[gutter] ?? 0) + LANE + (isStraight ? 0 : LANE * take(this.leaving, gutter));
    const channel = ends.some(([to]) => isFar(from, to)) ? this.bottom + LANE * (1 + this.channels++) : 0;
    return ends.map(([to, end], index) => ({
      kind,
      points: isFar(from, to) ? this.below(start, lane, channel, to, end) : [start, [lane, start[1]], [lane, end[1]], end],
      ...index === 0 && label !== '' ? { label: { text: label, x: start[0] + LABEL, y: start[1] - 5 } } : {},
      words: wordsOf(from, to, kind, label),
    }));
  }

  private below(start: Point, lane: number, channel: number, to: Placed, end: Point): Point[] {
    const x = to.x - ARROW - LANE * take(this.coming, to.column);
    return [start, [lane, start[1]], [lane, channel], [x, channel], [x, end[1]], end];
  }

  /** A box of the same column is reached from its other side. */
  private endAt(from: Placed, to: Placed): Point {
    if (from.column === to.column) return [to.x + to.width, to.y + to.height - 8];
    return [to.x, to.y + Math.min(PORT + IN * next(this.in, to), to.height - 6)];
  }
}

function bundlesOf({ arrows, deployments }: PipelineGraph, boxes: readonly Placed[]): Bundle[] {
  const box = (of: object) => boxes.find((one) => one.of === of);
  const single = [
    ...deployments.map(({ job, target }) => ({ kind: job.action === 'stops' ? 'stops' as const : 'deploys' as const, start: box(job), end: box(target), label: '' })),
    ...arrows.map(({ from, to, carries }) => ({ kind: 'needs' as const, start: box(from), end: box(to), label: carries.join(' and ') })),
  ];
  const groups = new Map<string, Bundle>();
  for (const { kind, start, end, label } of single) {
    if (start === undefined || end === undefined) continue;
    const key = `${boxes.indexOf(start)} ${kind} ${label}`;
    groups.set(key, { kind, from: start, to: [...groups.get(key)?.to ?? [], end], label });
  }
  return [...groups.values()];
}

function down({ from, kind, label }: Bundle, to: Placed): Line {
  const x = from.x + 28;
  const [start, end] = [from.y + from.height, to.y];
  const text = label === '' && kind === 'needs' ? 'then' : label;
  return { kind, points: [[x, start], [x, end]], label: { text, x: x + 8, y: (start + end) / 2 + 4 }, words: wordsOf(from, to, kind, label) };
}

/** Whether the next box of its column is meant. */
function isBelow(from: Placed, to: Placed, boxes: readonly Placed[]): boolean {
  return from.column === to.column && boxes.indexOf(to) === boxes.indexOf(from) + 1;
}

function isFar(from: Placed, to: Placed): boolean {
  return to.column !== from.column && to.column !== from.column + 1;
}

function wordsOf(from: Placed, to: Placed, kind: Line['kind'], label: string): string {
  return kind === 'needs' ? `${from.name} before ${to.name}${label === '' ? '' : `: ${label}`}` : `${from.name} ${kind === 'stops' ? 'stops' : 'deploys to'} ${to.name}`;
}

function next(counts: Map<Placed, number>, box: Placed): number {
  const count = counts.get(box) ?? 0;
  counts.set(box, count + 1);
  return count;
}

function take(lanes: number[], gutter: number): number {
  const lane = lanes[gutter] ?? 0;
  lanes[gutter] = lane + 1;
  return lane;
}
