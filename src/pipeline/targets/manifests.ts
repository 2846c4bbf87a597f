import { posix } from 'node:path';
import type { Target } from './target';
import { HANDED_ON } from '../jobs/command-file';
import { doubleQuoted, word } from '../jobs/shell';

/**
 * Moves the manifests of some targets to where they are handed on. The pipeline of a merge request has its review app, and no other has one.
 */
export function handOnManifests(targets: readonly Target[]): string[] {
  const [review, standing] = [true, false].map((isReview) => moves(targets.filter((target) => target.isReview === isReview))) as [string[], string[]];
  if (review.length === 0 || standing.length === 0) return [...review, ...standing];
  return [['# A merge request has its review app, and only that.', 'if test -n "$CI_MERGE_REQUEST_IID"; then', ...indented(review), 'else', ...indented(standing), 'fi'].join('\n')];
}

/** As a word of the shell. */
export function manifestsOf({ folder }: Target): string {
  return doubleQuoted(`${HANDED_ON}/${folder}`);
}

function moves(targets: readonly Target[]): string[] {
  const parents = [...new Set(targets.map(({ folder }) => posix.dirname(folder)))];
  return parents.flatMap((parent) => {
    const folders = targets.filter(({ folder }) => posix.dirname(folder) === parent).map(({ folder }) => word(`dist/${folder}`));
    const into = doubleQuoted(posix.join(HANDED_ON, parent));
    return [`mkdir -p ${into}`, `mv ${folders.join(' ')} ${into}`];
  });
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
