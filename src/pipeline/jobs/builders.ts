/**
 * The images that generated jobs run in unless others are given: versions, since a builder that moves is a builder that someone else changes.
 */
export const BUILDERS = {
  buildah: 'quay.io/buildah/stable:v1.41.4',
  docker: 'docker:28.4.0-cli',
  dockerDaemon: 'docker:28.4.0-dind',
  node: 'node:24.9.0-alpine3.22',
  kubectl: 'alpine/kubectl:1.34.1',
} as const;
