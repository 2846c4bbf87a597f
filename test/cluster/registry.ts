import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from './api-server';
import { PackageFiles } from './debian';
import { Processes } from './processes';

export const REGISTRY: PackageFiles = { 'docker-registry': '/usr/bin/docker-registry' };

export interface RegistryOptions {
  /** The name of its log and of its folder. */
  readonly name?: string;
  /** A line of an htpasswd file, with bcrypt. Only this user may pull and push. */
  readonly user?: string;
}

/**
 * A running image registry.
 */
export interface Registry {
  /** The address for plain HTTP: `127.0.0.1:PORT`. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Starts a registry on 127.0.0.1. It keeps its images in the folder of the processes. Resolves when the registry answers.
 */
export async function startRegistry(processes: Processes, { name = 'registry', user }: RegistryOptions = {}): Promise<Registry> {
  const file = (ending: string) => join(processes.folder, `${name}${ending}`);
  const address = `127.0.0.1:${await freePort()}`;
  if (user !== undefined) writeFileSync(file('.users'), `${user}\n`, { mode: 0o600 });
  writeFileSync(file('.yml'), stringify({
    version: 0.1,
    storage: { filesystem: { rootdirectory: file('') } },
    http: { addr: address },
    ...user !== undefined && { auth: { htpasswd: { realm: name, path: file('.users') } } },
  }));
  const { stop } = processes.start('docker-registry', ['serve', file('.yml')], name);
  while (!await answers(`http://${address}/v2/`)) {
    processes.check();
    await sleep(50);
  }
  return { address, stop };
}

/** Whether the registry answers. A locked one answers 401. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => resolve([200, 401].includes(response.resume().statusCode ?? 0))).on('error', () => resolve(false));
  });
}
