import fc from 'fast-check';
import { Placed } from '../../../../src/cli/pipeline/graph/box';
import { graphOf } from '../../../../src/cli/pipeline/graph/graph';
import { layout } from '../../../../src/cli/pipeline/graph/layout';
import { JobModel, PipelineModel } from '../../../../src/pipeline/model/pipeline-model';
import { jobModel, pipelineModel, PRODUCTION, REVIEW, STAGING } from '../models';

const STAGES = ['build', 'image', 'deploy', 'verify'];
const TARGETS = [STAGING, PRODUCTION, REVIEW];

/** Jobs that need some of those before them, of which some deploy. */
const pipelines: fc.Arbitrary<PipelineModel> = fc.array(fc.record({
  stage: fc.nat(STAGES.length - 1),
  needs: fc.array(fc.nat(11), { maxLength: 3 }),
  target: fc.option(fc.constantFrom(...TARGETS), { nil: undefined }),
  action: fc.constantFrom('deploys', 'stops', 'uses'),
  manual: fc.boolean(),
}), { maxLength: 12 }).map((some) => {
  const jobs = some.map(({ stage, needs, target, action, manual }, index): JobModel => jobModel(`job-${index}`, STAGES[stage]!, {
    needs: needs.filter((need) => need < index && some[need]!.stage <= stage).map((need) => ({ job: `job-${need}`, artifacts: need % 2 === 0 })),
    environment: target?.environment,
    action,
    manual,
    artifacts: ['dist'],
  }));
  return { ...pipelineModel(TARGETS), stages: STAGES, jobs };
});

test('no box lies on another, and no line crosses one', () => {
  fc.assert(fc.property(pipelines, (model) => {
    const { boxes, lines } = layout(graphOf(model));
    for (const [index, box] of boxes.entries()) {
      expect(boxes.slice(index + 1).filter((other) => overlap(box, other.x, other.y, other.x + other.width, other.y + other.height))).toEqual([]);
      expect(lines.filter(({ points }) => points.some(([x, y], at) => at > 0 && crosses(box, points[at - 1]!, [x, y])))).toEqual([]);
    }
  }));
});

test('lines are horizontal or vertical, and everything is in the picture', () => {
  fc.assert(fc.property(pipelines, (model) => {
    const { width, height, boxes, lines } = layout(graphOf(model));
    const points = lines.flatMap((line) => line.points);
    const slanted = lines.filter(({ points: its }) => its.some(([x, y], at) => at > 0 && x !== its[at - 1]![0] && y !== its[at - 1]![1]));
    expect(slanted).toEqual([]);
    expect(points.filter(([x, y]) => x < 0 || y < 0 || x > width || y > height)).toEqual([]);
    expect(boxes.filter((box) => box.x < 0 || box.x + box.width > width || box.y + box.height > height)).toEqual([]);
  }));
});

test('the same pipeline has the same places', () => {
  expect(layout(graphOf(pipelineModel(TARGETS)))).toEqual(layout(graphOf(pipelineModel(TARGETS))));
});

test('an environment stands beside the job that deploys to it, before the stages that come after', () => {
  const model = pipelineModel([STAGING, PRODUCTION]);
  const drawing = layout(graphOf({ ...model, jobs: [...model.jobs, jobModel('smoke', 'verify')], stages: [...model.stages, 'verify'] }));
  const top = (name: string) => drawing.boxes.find((box) => box.name === name)?.y;

  expect(drawing.columns.map(({ title }) => title)).toEqual(['build', 'image', 'synth', 'deploy', 'environments', 'verify']);
  expect([top('staging'), top('production')]).toEqual([top('deploy-staging'), top('deploy-production')]);
});

test('lines that say the same share one label', () => {
  const { lines } = layout(graphOf(pipelineModel([STAGING, PRODUCTION, REVIEW])));

  expect(lines.flatMap(({ label }) => (label ? [label.text] : [])).sort()).toEqual(['artifact', 'artifact', 'dotenv IMAGE', 'then']);
  expect(lines.map(({ words }) => words)).toContain('synth before deploy-production: artifact');
});

function crosses(box: Placed, [fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number]): boolean {
  return overlap(box, Math.min(fromX, toX), Math.min(fromY, toY), Math.max(fromX, toX), Math.max(fromY, toY));
}

/** Whether a rectangle, which may be a line, has points within a box. */
function overlap({ x, y, width, height }: Placed, left: number, top: number, right: number, bottom: number): boolean {
  return left < x + width && right > x && top < y + height && bottom > y;
}
