import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readByKubectl } from './support/discovery-server';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { gitlabJob } from '../examples/gitlab-job';

const ROOT = join(__dirname, '..');

let site: string;

beforeAll(() => {
  if (!existsSync(join(ROOT, 'lib', 'index.js'))) throw new Error('the library is not built: run npm run compile');
  kubectl();
  site = mkdtempSync(join(tmpdir(), 'example-'));
  cpSync(join(ROOT, 'examples', 'hugo-site'), site, { recursive: true, filter: (source) => !/[\\/](?:dist|node_modules)$/.test(source) });
  symlinkSync(join(ROOT, 'node_modules'), join(site, 'node_modules'));
}, FETCH_TIMEOUT);

afterAll(() => {
  if (site) rmSync(site, { recursive: true, force: true });
});

const programs: Array<[program: string, manifests: string[]]> = [
  ['access.ts', ['access-production.yaml', 'access-staging.yaml']],
  ['main.ts', ['production/web.k8s.yaml', 'staging/web.k8s.yaml']],
  ['template.ts', ['from-template/production/web.k8s.yaml', 'from-template/staging/web.k8s.yaml']],
];

describe.each(programs)('the program %s', (program, manifests) => {
  beforeAll(() => {
    rmSync(join(site, 'dist'), { recursive: true, force: true });
    execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), [program], { cwd: site, env: { PATH: process.env.PATH, HOME: tmpdir(), ...gitlabJob } });
  });

  test('writes a file for each target', () => {
    const files = readdirSync(join(site, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
    expect(files.sort()).toEqual(manifests);
  });

  test.each(manifests)('writes %s so that kubectl reads the same values with --dry-run=client', async (file) => {
    const text = readFileSync(join(site, 'dist', file), 'utf8');
    const written = parseAllDocuments(text).map((document) => document.toJS());
    expect(written.length).toBeGreaterThan(1);
    expect(await readByKubectl(text)).toEqual(written);
  });
});
