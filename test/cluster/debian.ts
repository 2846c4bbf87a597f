import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** A file, by the name of the Debian package that has it. */
export type PackageFiles = Readonly<Record<string, string>>;

/**
 * Installs the Debian packages of what is missing, where that may be done: as root, with apt-get. Otherwise throws and names them.
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

/** Debian asks it whether a service may start. Ours says no: the registry's would listen on every interface. */
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
