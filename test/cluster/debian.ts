import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** One file of each Debian package, by the name of the package. */
export type PackageFiles = Readonly<Record<string, string>>;

/**
 * Installs the Debian packages whose files are missing. This needs root and apt-get.
 *
 * @throws An error that names the packages when they cannot be installed.
 */
export function needDebianPackages(files: PackageFiles): void {
  const missing = missingOf(files);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync(APT_GET)) throw new Error(`the Debian packages ${missing.join(', ')} are missing: apt-get install ${missing.join(' ')}`);
  console.error(`installing ${missing.join(', ')}`);
  withoutServices(() => {
    aptGet('update', '-q');
    aptGet('install', '-q', '-y', '--no-install-recommends', ...missing);
  });
  const still = missingOf(files);
  if (still.length > 0) throw new Error(`installed, but without ${still.map((name) => files[name]).join(', ')}: ${still.join(', ')}`);
}

const APT_GET = '/usr/bin/apt-get';

/** Debian runs this program to ask whether a service may start. It says no: the registry's service would listen on every interface. */
const POLICY = '/usr/sbin/policy-rc.d';

function missingOf(files: PackageFiles): string[] {
  return Object.keys(files).filter((name) => !existsSync(files[name]!));
}

function aptGet(...args: string[]): void {
  execFileSync(APT_GET, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 2, 2] });
}

function withoutServices(install: () => void): void {
  const isOurs = !existsSync(POLICY);
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) rmSync(POLICY);
  }
}
