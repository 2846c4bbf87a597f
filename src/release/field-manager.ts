/**
 * The field manager of objects that belong to no release, such as access manifests and records. Objects of a release have the manager of their
 * application; before record format 2 they had this one, and they have it again when their application leaves them behind.
 */
export const FIELD_MANAGER = 'cdk8s-ci-deploy';
