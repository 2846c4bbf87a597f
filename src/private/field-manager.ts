/**
 * Whose the fields are that this command applies, in managedFields.
 */
export const FIELD_MANAGER = 'cdk8s-ci-deploy';
