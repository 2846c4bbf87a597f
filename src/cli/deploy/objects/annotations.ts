/**
 * On a Job: it must complete before anything else is applied. A migration of the database, for instance.
 */
export const BEFORE_WORKLOADS = 'cdk8s-ci-deploy/before-workloads';
