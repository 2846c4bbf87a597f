/** The labels and annotations that are this command's own. */
export const PREFIX = 'cdk8s-ci-deploy/';

/**
 * On a Job: it must complete before anything else is applied. A migration of the database, for instance.
 */
export const BEFORE_WORKLOADS = `${PREFIX}before-workloads`;
