/**
 * The default images of generated jobs. Each has a version, and a digest where it is known, so that an image changes only with a release of this library.
 * Renovate updates them: see renovate.json.
 */
export const DEFAULT_IMAGES = {
  buildah: 'quay.io/buildah/stable:v1.41.4',
  docker: 'docker:28.4.0-cli@sha256:6a73c9433f2ba4279815be1e60f5739288b939dda1e48151d8c393537802de37',
  dockerDaemon: 'docker:28.4.0-dind@sha256:2ceb471176ad51e37145d43ce7cbf0fa5d644a2b185bd537f0ef695fb3a37497',
  node: 'node:24.9.0-alpine3.22@sha256:77f3c4d1f33c17dfa4af4b0add57d86957187873e313c2c37f52831d117645c8',
  kubectl: 'alpine/kubectl:1.34.1',
} as const;
