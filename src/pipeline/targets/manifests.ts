import { posix } from 'node:path';
import type { Target } from './pipeline-plan';
import { PIPELINE_FOLDER } from '../jobs/job-files';
import { doubleQuoted, shellWord } from '../jobs/shell';

/**
 * Lines of a script that move the manifests of some targets to the pipeline's folder.
 * The pipeline of a merge request moves only the review app's, and every other pipeline moves all others.
 */
export function moveManifests(targets: readonly Target[]): string[] {
  const [review, standing] = [true, false].map((isReview) => moves(targets.filter((target) => target.isReview === isReview))) as [string[], string[]];
  if (review.length === 0 || standing.length === 0) return [...review, ...standing];
  return [['# A merge request deploys only its review app.', 'if test -n "$CI_MERGE_REQUEST_IID"; then', ...indented(review), 'else', ...indented(standing), 'fi'].join('\n')];
}

/** The folder of a target's manifests, as a word of the shell. */
export function manifestsFolder({ folder }: Target): string {
  return doubleQuoted(`${PIPELINE_FOLDER}/${folder}`);
}

function moves(targets: readonly Target[]): string[] {
  const parents = [...new Set(targets.map(({ folder }) => posix.dirname(folder)))];
  return parents.flatMap((parent) => {
    const folders = targets.filter(({ folder }) => posix.dirname(folder) === parent).map(({ folder }) => shellWord(`dist/${folder}`));
    const into = doubleQuoted(posix.join(PIPELINE_FOLDER, parent));
    return [`mkdir -p ${into}`, `mv ${folders.join(' ')} ${into}`];
  });
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
