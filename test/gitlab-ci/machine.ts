import { mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildahSettings, Registries } from './buildah-settings';
import { kubectl } from '../support/kubectl';

/**
 * Prepares a folder with HOME, TMPDIR and the programs that the images of jobs would have.
 *
 * @returns The variables of the machine. A pipeline that runs these tests must not change them, so it has only variables that jobs need.
 */
export function machineVariables(folder: string, registries: Registries): NodeJS.ProcessEnv {
  const [bin, home, temporary] = ['bin', 'home', 'tmp'].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [bin, home, temporary]) mkdirSync(each, { recursive: true });
  symlinkSync(kubectl(), join(bin, 'kubectl'));
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(ROOT));
  return {
    ...packageSettings(),
    ...buildahSettings(home, registries),
    PATH: [bin, dirname(process.execPath), ...path].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
  };
}

const ROOT = join(__dirname, '..', '..');

/** The settings of npm and the CA certificates of this machine. */
function packageSettings(): NodeJS.ProcessEnv {
  return {
    npm_config_cache: join(homedir(), '.npm'),
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name))),
    NO_PROXY: [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1'].filter(Boolean).join(','),
    npm_config_prefer_offline: 'true',
    NO_UPDATE_NOTIFIER: '1',
  };
}

const KEPT = /^(?:npm_config_(?:cache|registry|userconfig|cafile)|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|https?_proxy)$/i;
