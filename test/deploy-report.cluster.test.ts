import { execFileSync, spawnSync, SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configMap, deployment, manifests, secret } from './cluster/application';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy, deployAs, release } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { cliFolder, fileNames, fileText } from './support/cli';
import { parseDotenv } from './support/parse-dotenv';

onKwok();

const image = (tag: string) => deployment('web', { image: `registry.example.com/group/web:${tag}` });
const broken = deployment('web', { image: 'registry.example.com/group/web:missing', annotations: { 'e2e/fault': 'image-pull' } });
const REPORTS = ['--junit', 'deploy.xml', '--dotenv', 'deploy.env'];
const JOB = {
  GITLAB_CI: 'true', CI_COMMIT_SHA: '1ecfd275ab0f8b2f30b0d1c5a1b2c3d4e5f60718', CI_JOB_ID: '5', CI_PIPELINE_IID: '3', CI_REGISTRY_IMAGE: 'registry.example.com/group/web',
};

const COMMAND = [
  process.execPath, '--require', require.resolve('tsx/cjs'), join(__dirname, '..', 'src', 'cli', 'main.ts'),
  'deploy', 'app.yaml', '--app', 'web', '--environment', 'production', '--kubeconfig', 'ci.kubeconfig',
].map((word) => `'${word}'`).join(' ');

/** Runs it as a line of a job's script does. */
function inShell(deployer: Deployer, objects: object[], redirection: string): SpawnSyncReturns<string> {
  writeFileSync(join(cliFolder(), 'app.yaml'), manifests(...objects));
  writeFileSync(join(cliFolder(), 'ci.kubeconfig'), deployer.kubeconfig);
  const script = `${COMMAND} ${redirection}`;
  return spawnSync('bash', ['-c', script], { cwd: cliFolder(), env: { PATH: process.env.PATH }, encoding: 'utf8' });
}

describe('a deployed release', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'reports');
  });

  test('is reported as text, JSON, JUnit XML and dotenv', async () => {
    const { code, stdout } = await deployAs(deployer, { variables: JOB }, [configMap('web'), image('1')], ...REPORTS, '--output', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      result: 'done',
      error: null,
      dryRun: false,
      seconds: expect.any(Number),
      app: 'web',
      environment: 'production',
      project: 'local',
      namespace: 'reports',
      release: 1,
      objects: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', result: 'created', adopted: false, fields: [], takenOver: [], otherFields: [] },
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', result: 'created', adopted: false, fields: [], takenOver: [], otherFields: [] },
      ],
      removed: [],
      left: [],
      rollouts: [{ workload: 'Deployment web', ready: true, words: expect.any(String), seconds: expect.any(Number) }],
      pullSecret: null,
    });
    expect(fileText('deploy.xml')).toContain('tests="4" failures="0" errors="0" skipped="0"');
    expect([...parseDotenv(fileText('deploy.env') ?? '')]).toEqual([
      ['DEPLOYED_RELEASE', '1'],
      ['DEPLOYED_APP', 'web'],
      ['DEPLOYED_ENVIRONMENT', 'production'],
      ['DEPLOYED_NAMESPACE', 'reports'],
      ['DEPLOYED_REVISION', JOB.CI_COMMIT_SHA],
      ['DEPLOYED_IMAGE', 'registry.example.com/group/web:1'],
      ['DEPLOYED_IMAGES', 'registry.example.com/group/web:1'],
    ]);
  });

  test('prints changed values before they are written, except those of Secrets', async () => {
    await deploy(deployer, [configMap('web'), image('1'), secret('web', { password: 'first-s3cr3t' })]);
    const { code, stdout, stderr } = await deploy(
      deployer, [configMap('web', { key: 'contains second-s3cr3t' }), image('2'), secret('web', { password: 'second-s3cr3t' })], '--diff',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('    - ') });
    expect(stderr).toContain([
      'change Deployment web',
      '    spec.template.spec.containers[web].image',
      '    - "registry.example.com/group/web:1"',
      '    + "registry.example.com/group/web:2"',
      'change Secret web',
      '    data.password',
      '    - (hidden)',
      '    + (hidden)',
      '',
    ].join('\n'));
    expect(stderr.indexOf('change Deployment web')).toBeLessThan(stderr.indexOf('Deployment web: '));
    expect(stderr).toContain('    + "contains [MASKED]"');
    expect(stdout + stderr).not.toMatch(/s3cr3t|Zmlyc3Qt|c2Vjb25kL/);
  });

  test('has the values in the result of a dry run, and no dotenv', async () => {
    const { code, stdout } = await deploy(deployer, [configMap('web'), image('3')], '--dry-run', '--diff', '--output', 'json', ...REPORTS);
    const { result, objects, removed, left } = JSON.parse(stdout);
    expect({ code, result, removed, left }).toEqual({ code: 0, result: 'planned', removed: [], left: [{ apiVersion: 'v1', kind: 'Secret', name: 'web', keptBy: null }] });
    expect(objects[1].changes).toEqual([{
      field: 'spec.template.spec.containers[web].image', before: 'registry.example.com/group/web:2', after: 'registry.example.com/group/web:3', hidden: false,
    }]);
    expect(fileNames()).toEqual(['app.yaml', 'ci.kubeconfig', 'deploy.xml']);
  });

  test('has sections in the log of a GitLab job', async () => {
    const { stderr } = await deployAs(deployer, { variables: JOB }, [image('4')], '--allow-prune-many');
    const marks = [...stderr.matchAll(/\x1b\[0Ksection_(start|end):\d+:deploy-web-(\w+)(\[collapsed=true\])?\r\x1b\[0K/g)].map(([, kind, name, collapsed]) => `${kind} ${name}${collapsed ?? ''}`);
    expect(marks).toEqual([
      'start plan[collapsed=true]', 'end plan', 'start apply[collapsed=true]', 'end apply', 'start wait', 'end wait', 'start prune[collapsed=true]', 'end prune',
    ]);
    expect(stderr).toContain('changed Deployment web\n');
  });

  const deployedImage = () => deployer.admin('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');

  test.each<[string, string, string, string]>([
    ['is on a full disk', 'disk/deploy', 'the disk is full', 'size=4k'],
    ['is on a read-only file system', 'disk/deploy', 'the file system is read-only', 'ro'],
    ['is in no folder', 'no/such/folder/deploy', 'its folder does not exist', ''],
    ['is where a folder is', 'work', 'it is not a regular file', ''],
    ['is a device', '/dev/full', 'it is not a regular file', ''],
  ])('is deployed although the file of a report %s: a warning for JUnit, also exit code 1 for dotenv', async (_, place, reason, disk) => {
    mkdirSync(join(cliFolder(), 'work'));
    await withDisk(disk, async () => {
      const junit = await deploy(deployer, [image('junit')], '--junit', place, '--dotenv', 'deploy.env');
      expect(junit).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 changed, 1 left in/m), stderr: expect.stringContaining('warning: --junit is not written: ') });
      expect([junit.stderr, deployedImage()]).toEqual([expect.stringContaining(reason), 'registry.example.com/group/web:junit']);

      const dotenv = await deploy(deployer, [image('dotenv')], '--junit', 'deploy.xml', '--dotenv', place);
      expect(dotenv).toMatchObject({ code: 1, stdout: expect.stringMatching(/^1 changed, 1 left in/m), stderr: expect.stringContaining('warning: --dotenv is not written: ') });
      expect([dotenv.stderr, deployedImage()]).toEqual([expect.stringContaining(reason), 'registry.example.com/group/web:dotenv']);
    });
    expect(fileNames()).toEqual(['app.yaml', 'ci.kubeconfig', 'deploy.env', 'deploy.xml', ...disk && ['disk'], 'work']);
  });

  /** While a disk is in folder `disk`, which has no room left: with options of a mount, which root alone can make. */
  async function withDisk(options: string, action: () => Promise<void>): Promise<void> {
    if (!options) return action();
    const folder = join(cliFolder(), 'disk');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    try {
      if (options !== 'ro') writeFileSync(join(folder, 'filling'), Buffer.alloc(4096));
      const before = readdirSync(folder);
      await action();
      expect(readdirSync(folder)).toEqual(before);
    } finally {
      execFileSync('umount', [folder]);
    }
  }

  test.each<[string, string, number]>([
    ['nobody reads what it says', '2>&1 | true; exit "${PIPESTATUS[0]}"', 0],
    ['nobody hears its talk', '2>/dev/full', 0],
    ['its result does not fit on the disk, which exit status 1 says', '>/dev/full 2>/dev/full', 1],
  ])('is deployed although %s', (_, redirection, code) => {
    const tag = `said-${code}-${redirection.length}`;
    expect(inShell(deployer, [image(tag)], redirection)).toMatchObject({ status: code, signal: null });
    expect(deployedImage()).toBe(`registry.example.com/group/web:${tag}`);
    expect(deployer.admin('get', 'lease', '-o', 'jsonpath={.items[*].spec.holderIdentity}')).toBe('');
  });

  test.each<[string, number, boolean]>([['xterm', 40, true], ['xterm', 120, true], ['dumb', 40, false]])('shows on a terminal (%s, %d columns) one changing line, where the terminal supports it, and erases it', (TERM, columns, isLive) => {
    const { spec, ...rest } = image(`terminal-${TERM}-${columns}`) as { spec: object };
    writeFileSync(join(cliFolder(), 'app.yaml'), manifests({ ...rest, spec: { ...spec, minReadySeconds: 2 } }));
    writeFileSync(join(cliFolder(), 'ci.kubeconfig'), deployer.kubeconfig);
    const { status, stdout } = spawnSync('script', ['-qefc', `stty cols ${columns}; ${COMMAND}`, '/dev/null'], { cwd: cliFolder(), env: { PATH: process.env.PATH, TERM }, encoding: 'utf8' });
    const [first = '', ...live] = stdout.split('\r\u001b[2K');
    const last = live.pop() ?? first;
    expect({ status, isLive: live.length > 0 }).toEqual({ status: 0, isLive });
    expect(live.filter((line) => !/^ *[\d.]+ s  \d\/1 ready  .{0,100}$/.test(line) || line.length >= columns)).toEqual([]);
    expect(last).toMatch(/^changed +Deployment web.*\r\n1 changed.* in [\d.]+ s\r\n$/ms);
    expect(stdout.replaceAll('\r\u001b[2K', '')).not.toContain('\u001b');
    expect(last.includes('ready  Deployment web: ')).toBe(!isLive);
  });

  test('has the same reports when it is rolled back', async () => {
    const { code } = await release(deployer, { variables: JOB }, 'rollback', ...REPORTS);
    expect({ code, junit: fileText('deploy.xml'), dotenv: fileText('deploy.env') }).toEqual({
      code: 0,
      junit: expect.stringContaining('<testcase classname="rollout" name="Deployment web" time="'),
      dotenv: expect.stringContaining('DEPLOYED_IMAGE=registry.example.com/group/web:terminal-xterm-120\n'),
    });
  });
});

describe('a failed release', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'failures');
  });

  test('is reported with its cause, and without dotenv', async () => {
    const { code, stdout } = await deployAs(deployer, { variables: JOB }, [configMap('web'), broken], ...REPORTS, '--output', 'json');
    const { result, error, release: number, rollouts } = JSON.parse(stdout);
    expect({ code, result, error, number }).toEqual({ code: 1, result: 'failed', error: expect.stringContaining('Deployment web'), number: 1 });
    expect(rollouts).toMatchObject([{ workload: 'Deployment web', ready: false }]);
    expect(fileText('deploy.xml')).toMatch(/<testcase classname="rollout" name="Deployment web"[^>]*><failure message="[^"]*registry\.example\.com\/group\/web:missing/);
    expect(fileText('deploy.xml')).toContain('<testcase classname="apply" name="ConfigMap web"/>');
    expect(fileNames()).not.toContain('deploy.env');
  });

  const refused = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'mine' }, spec: { hard: { pods: '10' } } };

  test('keeps its exit status when the report cannot be written', async () => {
    const { code, stderr } = await deploy(deployer, [refused], '--junit', 'no/such/folder.xml');
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('warning: --junit is not written') });
  });

  test('keeps its exit status and its cause when its result does not fit on the disk', () => {
    const { status, stderr } = inShell(deployer, [refused], '--output json >/dev/full');
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringMatching(/^warning: the result is not written: ENOSPC: [^]*ResourceQuota mine: .*cannot patch resource/m) });
  });

  test('has the rejected objects in its report', async () => {
    const { code } = await deploy(deployer, [configMap('fine'), { ...configMap('a'), dta: {} }], '--junit', 'deploy.xml');
    expect({ code, junit: fileText('deploy.xml') }).toEqual({
      code: 1,
      junit: expect.stringContaining('<testcase classname="apply" name="ConfigMap a"><failure message="dta: unknown field; correct the name'),
    });
  });

  test('is rejected when two reports have the same file', async () => {
    const files = { 'app.yaml': manifests(configMap('a')) };
    expect(await release(deployer, { files }, 'deploy', 'app.yaml', '--junit', 'a', '--dotenv', 'a')).toMatchObject({ code: 2, stderr: expect.stringContaining('--dotenv: it is the file of --junit') });
  });
});
