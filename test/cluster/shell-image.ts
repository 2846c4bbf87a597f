import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILDAH, pushImage, RegistryUser } from './image';

/** The arguments of a container that runs until it is stopped. */
export const FOR_EVER = ['/busybox sleep 3600'];

/**
 * Pushes an image that runs its argument as a shell script.
 *
 * @param folder A folder for the files of the build.
 */
export function pushShell(folder: string, reference: string, user?: RegistryUser): string {
  const context = mkdtempSync(join(folder, 'image-'));
  copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
  writeFileSync(join(context, 'Dockerfile'), `FROM scratch\nLABEL reference=${reference}\nCOPY busybox /busybox\nENTRYPOINT ["/busybox", "sh", "-c"]\n`);
  pushImage(context, reference, join(folder, 'buildah'), user);
  return reference;
}
