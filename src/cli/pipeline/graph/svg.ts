import { BoxLine, ICON, LINE, PAD, Placed } from './box';
import type { PipelineGraph } from './graph';
import type { Mark } from './labels';
import { Drawing, DrawnColumn, layout, MARGIN } from './layout';
import { Line, Point } from './routes';
import { SVG_STYLE } from './svg-style';
import { printableText } from '../../../base/printable';
import { xml } from '../../io/junit';

/**
 * The picture as a file that needs no other, in light and in dark.
 */
export function svg(graph: PipelineGraph): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svgElement(graph)}\n`;
}

/**
 * The same as an element of a page.
 */
export function svgElement(graph: PipelineGraph): string {
  const drawing = layout(graph);
  const { width, height, columns, boxes, lines } = drawing;
  return [
    `<svg class="pipeline" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" `
    + 'aria-labelledby="pipeline-title" aria-describedby="pipeline-description">',
    `<title id="pipeline-title">${text(`Pipeline of ${graph.app}`)}</title>`,
    `<desc id="pipeline-description">${text(description(drawing))}</desc>`,
    `<style>${SVG_STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...columns.map((column) => columnElement(column, height)),
    ...lines.map(lineElement),
    ...boxes.map(boxElement),
    legend(drawing),
    '</svg>',
  ].join('\n');
}

function description({ boxes, lines }: Drawing): string {
  return `${[...boxes.map(({ words }) => words), ...lines.map(({ words }) => words)].join('. ')}.`;
}

function columnElement({ title, kind, x, width }: DrawnColumn, height: number): string {
  return `<rect class="column ${kind}" x="${x - 10}" y="16" width="${width + 20}" height="${height - 62}" rx="10"/>
<text class="title" x="${x + width / 2}" y="44" text-anchor="middle">${text(title)}</text>`;
}

function boxElement({ kind, x, y, width, height, name, words, lines }: Placed): string {
  return [
    `<g><title>${text(words)}</title>`,
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${kind === 'job' ? 6 : 14}"/>`,
    `<text class="name" x="${x + PAD}" y="${y + PAD + 13}">${text(name)}</text>`,
    ...lines.map((line, index) => boxLine(line, x + PAD, y + PAD + 13 + LINE * (index + 1))),
    '</g>',
  ].join('\n');
}

function boxLine({ icon, words, isCode }: BoxLine, x: number, y: number): string {
  const indent = icon === undefined ? 0 : ICON;
  return `${icon === undefined ? '' : iconElement(icon, x, y)}<text class="${isCode ? 'code' : 'line'}" x="${x + indent}" y="${y}">${text(words)}</text>`;
}

/** Signs of 12 by 12, above the line of the text. */
const ICONS: { readonly [icon in NonNullable<Mark['icon']>]: string } = {
  lock: 'M3 6V4a3 3 0 0 1 6 0v2M2 6h8v6H2z',
  hand: 'M3 2v9l7-4.5z',
  key: 'M7 6h5v2.5M9.5 6v2M7 6a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0z',
  stop: 'M2 3h8v8H2z',
};

function iconElement(icon: NonNullable<Mark['icon']>, x: number, y: number): string {
  return `<path class="icon ${icon}" transform="translate(${x} ${y - 10})" d="${ICONS[icon]}"/>`;
}

function lineElement({ kind, points, label, words }: Line): string {
  const name = label === undefined || label.text === '' ? '' : `<text class="label" x="${label.x}" y="${label.y}">${text(label.text)}</text>`;
  return `<g class="${kind}"><title>${text(words)}</title><path class="way" d="${way(points)}"/><path class="head" d="${head(points)}"/>${name}</g>`;
}

/** Corners are round where there is room. */
function way(points: readonly Point[]): string {
  const corners = points.filter(([x, y], index) => index === 0 || x !== points[index - 1]?.[0] || y !== points[index - 1]?.[1]);
  return corners.map((corner, index) => {
    const [before, after] = [corners[index - 1], corners[index + 1]];
    if (before === undefined) return `M${corner.join(' ')}`;
    return after === undefined ? `L${corner.join(' ')}` : `L${towards(corner, before)}Q${corner.join(' ')} ${towards(corner, after)}`;
  }).join('');
}

const ROUND = 6;

function towards([x, y]: Point, [toX, toY]: Point): string {
  const distance = Math.hypot(toX - x, toY - y);
  const part = Math.min(ROUND, distance / 2) / distance;
  return `${round(x + (toX - x) * part)} ${round(y + (toY - y) * part)}`;
}

function head(points: readonly Point[]): string {
  const [x, y] = points.at(-1) ?? [0, 0];
  const before = points.filter(([itsX, itsY]) => itsX !== x || itsY !== y).at(-1) ?? [x - 1, y];
  const [dx, dy] = [Math.sign(x - before[0]), Math.sign(y - before[1])];
  return `M${x} ${y}l${round(-8 * dx - 4 * dy)} ${round(-8 * dy - 4 * dx)}l${8 * dy} ${8 * dx}z`;
}

function legend({ boxes, height }: Drawing): string {
  const icons = new Set(boxes.flatMap(({ lines }) => lines.map(({ icon }) => icon)));
  const entries = ([['key', 'a credential that the job holds'], ['lock', 'protected'], ['hand', 'started by hand']] as const).filter(([icon]) => icons.has(icon));
  let x = MARGIN;
  return entries.map(([icon, words]) => {
    const at = x;
    x += ICON + words.length * 6.6 + 24;
    return boxLine({ icon, words }, at, height - 18);
  }).join('\n');
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function text(words: string): string {
  return xml(printableText(words));
}
