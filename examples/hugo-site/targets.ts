/** The values that the access manifests, the application and the pipeline share. */
export const name = 'web';

export const targets = [
  { environment: 'staging', namespace: 'example-staging' },
  { environment: 'production', namespace: 'example', protectedRefsOnly: true },
];
