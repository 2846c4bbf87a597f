import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILDAH, pushImage } from '../cluster/image';

/** The base image in the example's Dockerfile, from Docker Hub. */
const BASE = 'nginxinc/nginx-unprivileged:1.29-alpine';

/** Like nginx, it serves one folder on port 8080, as user 101. */
const DOCKERFILE = `
FROM scratch
COPY busybox /busybox
USER 101
EXPOSE 8080
ENTRYPOINT ["/busybox", "httpd", "-f", "-p", "8080", "-h", "/usr/share/nginx/html"]
`;

/**
 * Pushes a stand-in for the example's base image to the stand-in for Docker Hub.
 */
export function pushBaseImage(dockerHub: string, folder: string): void {
  const context = join(folder, 'base-image');
  mkdirSync(context, { recursive: true });
  copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
  pushImage(context, `${dockerHub}/${BASE}`, join(folder, 'base-image-storage'));
}
