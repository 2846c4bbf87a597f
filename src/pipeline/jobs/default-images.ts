/**
 * The default images of generated jobs. Each has a version, so that an image changes only with a release of this library.
 * Renovate updates them, and adds their digests: see renovate.json.
 */
export const DEFAULT_IMAGES = {
  buildah: 'quay.io/buildah/stable:v1.41.4',
  docker: 'docker:28.4.0-cli',
  dockerDaemon: 'docker:28.4.0-dind',
  node: 'node:24.9.0-alpine3.22',
  kubectl: 'alpine/kubectl:1.34.1',
} as const;
