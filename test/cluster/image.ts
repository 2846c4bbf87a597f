import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageFiles } from './debian';

export const BUILDAH: PackageFiles = { 'buildah': '/usr/bin/buildah', 'busybox-static': '/bin/busybox' };

export interface RegistryUser {
  readonly username: string;
  readonly password: string;
}

/**
 * Builds the Dockerfile of a folder without a container engine and pushes the image to a registry on this machine.
 *
 * @param reference The name of the image: `127.0.0.1:PORT/NAME:TAG`.
 * @param storage A folder for the data of buildah.
 * @param user The user and password, if the registry requires them.
 * @returns The digest: `sha256:…`.
 */
export function pushImage(context: string, reference: string, storage: string, user?: RegistryUser): string {
  mkdirSync(storage, { recursive: true });
  const [policy, digest, users] = [join(storage, 'policy.json'), join(storage, 'digest'), join(storage, 'auth.json')];
  writeFileSync(users, JSON.stringify({ auths: user ? { [reference.split('/')[0] ?? '']: { auth: Buffer.from(`${user.username}:${user.password}`).toString('base64') } } : {} }));
  writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const buildah = (command: string, ...args: string[]) => execFileSync('unshare', [
    '--mount', 'sh', '-c', OUT_OF_SIGHT, 'buildah', '--root', join(storage, 'root'), '--runroot', join(storage, 'run'), '--storage-driver', 'vfs',
    command, '--signature-policy', policy, '--quiet', ...args,
  ], { env: { PATH: process.env.PATH, HOME: storage }, stdio: 'pipe' });
  buildah('build', '--isolation', 'chroot', '--timestamp', '0', '--tag', reference, context);
  buildah('push', '--tls-verify=false', '--authfile', users, '--digestfile', digest, reference);
  return readFileSync(digest, 'utf8');
}

/** A script for `unshare --mount sh -c`, in front of the program. Its mounts hold the data that buildah keeps outside its storage, and end with it. */
export const OUT_OF_SIGHT = 'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib && exec "$0" "$@"';
