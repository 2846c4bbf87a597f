import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../support/npm-tool';

/**
 * The package that `npm publish` would upload, from the last compilation.
 */
export class PackedLibrary {
  /** Packs the library into a folder. */
  public static pack(folder: string): PackedLibrary {
    if (!existsSync(join(ROOT, '.jsii')) || !existsSync(join(ROOT, 'lib', 'cli', 'main.js'))) throw new Error('the library is not built: run npm run compile');
    mkdirSync(folder, { recursive: true });
    const pack = ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', folder];
    const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }));
    return new PackedLibrary(join(folder, packed.filename), packed.integrity);
  }

  private constructor(private readonly tarball: string, private readonly integrity: string) {}

  /**
   * The lock file for a package.json that depends on the library. `npm ci` installs the library from the tarball, and all other packages from the registry.
   */
  public lock(packageJson: string): string {
    const lock = this.resolve(packageJson);
    lock.packages[''].dependencies[NAME] = JSON.parse(packageJson).dependencies[NAME];
    Object.assign(lock.packages[`node_modules/${NAME}`]!, { resolved: `file:${this.tarball}`, integrity: this.integrity });
    return `${JSON.stringify(lock, null, 2)}\n`;
  }

  // npm resolves the versions once on a machine, because that takes seconds.
  private resolve(packageJson: string): Lock {
    const wanted = JSON.parse(packageJson);
    const id = createHash('sha256').update(packageJson).update(readFileSync(join(ROOT, 'package.json'))).digest('hex').slice(0, 8);
    const folder = cachedFolder(`lock-${id}`, (part) => {
      wanted.dependencies[NAME] = `file:${this.tarball}`;
      writeFileSync(join(part, 'package.json'), JSON.stringify(wanted));
      const options = ['--package-lock-only', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      execFileSync('npm', ['install', ...options], { cwd: part, stdio: ['ignore', 'ignore', 'pipe'] });
    });
    return JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  }
}

interface Lock {
  readonly packages: Record<string, { dependencies: Record<string, string> }> & { readonly '': { readonly dependencies: Record<string, string> } };
}

const NAME = 'cdk8s-ci-deploy';
const ROOT = join(__dirname, '..', '..');
