import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Registries {
  /** `127.0.0.1:PORT` of one that stands for Docker Hub: `docker.io/GROUP/NAME` is `GROUP/NAME` there. */
  readonly dockerHub: string;
  /** The project's. Both speak plain HTTP. */
  readonly project: string;
}

/**
 * Sets up a home in which buildah runs without a container engine, keeps everything, and takes plain HTTP from registries on this machine:
 * in place of options, which a pipeline for real registries does not have.
 *
 * @returns variables that go with it
 */
export function buildahSettings(home: string, registries: Registries): Record<string, string> {
  const settings = join(home, '.config', 'containers');
  mkdirSync(settings, { recursive: true });
  // `buildah login` reads this one alone, and no variable that names another.
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
