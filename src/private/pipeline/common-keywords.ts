import type { JobOptions } from '../../job-options';
import type { JobKeywords } from './job';

/**
 * What the options that all jobs have say in GitLab's keywords.
 */
export function commonKeywords({ image, tags, variables, timeout }: JobOptions): Pick<JobKeywords, 'image' | 'tags' | 'variables' | 'timeout'> {
  return { image, tags, variables, timeout };
}
