import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Registries {
  /** `127.0.0.1:PORT` of a stand-in for Docker Hub: `docker.io/GROUP/NAME` is `GROUP/NAME` there. */
  readonly dockerHub: string;
  /** `127.0.0.1:PORT` of the project's registry. Both use plain HTTP. */
  readonly project: string;
}

/**
 * Prepares a home in which buildah needs no container engine, stores all its files, and uses plain HTTP for the registries of the test.
 * Command-line options could not do that: a pipeline for real registries does not have them.
 *
 * @returns The variables for that home.
 */
export function buildahSettings(home: string, registries: Registries): Record<string, string> {
  const settings = join(home, '.config', 'containers');
  mkdirSync(settings, { recursive: true });
  // `buildah login` reads only this file, and no variable with another path.
  writeFileSync(join(settings, 'registries.conf'), registriesConf(registries));
  writeFileSync(join(settings, 'policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const storage = join(settings, 'storage.conf');
  writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = "${join(home, 'images')}"\nrunroot = "${join(home, 'run')}"\n`);
  return { BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs', CONTAINERS_STORAGE_CONF: storage, REGISTRY_AUTH_FILE: join(home, 'auth.json') };
}

function registriesConf({ dockerHub, project }: Registries): string {
  return `
[[registry]]
prefix = "docker.io"
location = "${dockerHub}"
insecure = true

[[registry]]
location = "${project}"
insecure = true
`;
}
