import type { JobKeywords } from './job';
import type { JobOptions } from '../../job-options';

/**
 * What the options that all jobs have say in GitLab's keywords.
 */
export function commonKeywords({ image, tags, variables, timeout }: JobOptions): Pick<JobKeywords, 'image' | 'tags' | 'variables' | 'timeout'> {
  return { image, tags, variables, timeout };
}
