import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILDAH, pushImage } from '../cluster/image';

/** What the example's Dockerfile names, which comes from Docker Hub. */
const BASE = 'nginxinc/nginx-unprivileged:1.29-alpine';

/** As nginx does, it serves one folder on port 8080, as user 101. */
const DOCKERFILE = `
FROM scratch
COPY busybox /busybox
USER 101
EXPOSE 8080
ENTRYPOINT ["/busybox", "httpd", "-f", "-p", "8080", "-h", "/usr/share/nginx/html"]
`;

/**
 * Pushes an image that stands for the example's base image to a registry that stands for Docker Hub.
 */
export function pushBaseImage(dockerHub: string, folder: string): void {
  const context = join(folder, 'base-image');
  mkdirSync(context, { recursive: true });
  copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
  pushImage(context, `${dockerHub}/${BASE}`, join(folder, 'base-image-storage'));
}
