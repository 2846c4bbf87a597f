import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageFiles } from './debian';

export const BUILDAH: PackageFiles = { 'buildah': '/usr/bin/buildah', 'busybox-static': '/bin/busybox' };

/**
 * Builds the Dockerfile of a folder without a container engine and pushes the image to a registry on this machine.
 *
 * @param reference where to: `127.0.0.1:PORT/NAME:TAG`
 * @param storage a folder for what buildah keeps
 * @returns the digest, `sha256:…`
 */
export function pushImage(context: string, reference: string, storage: string): string {
  mkdirSync(storage, { recursive: true });
  const [policy, digest] = [join(storage, 'policy.json'), join(storage, 'digest')];
  writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const buildah = (command: string, ...args: string[]) => execFileSync('unshare', [
    '--mount', 'sh', '-c', OUT_OF_SIGHT, 'buildah', '--root', join(storage, 'root'), '--runroot', join(storage, 'run'), '--storage-driver', 'vfs',
    command, '--signature-policy', policy, '--quiet', ...args,
  ], { env: { PATH: process.env.PATH, HOME: storage }, stdio: 'pipe' });
  buildah('build', '--isolation', 'chroot', '--timestamp', '0', '--tag', reference, context);
  buildah('push', '--tls-verify=false', '--digestfile', digest, reference);
  return readFileSync(digest, 'utf8');
}

/** For `unshare --mount sh -c`, before the program and its arguments: what buildah keeps outside its storage ends with it. */
export const OUT_OF_SIGHT = 'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib && exec "$0" "$@"';
