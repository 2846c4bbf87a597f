import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kubeconfig } from '../src';
import { cliFolder } from './support/cli';
import { cluster, eachInScene, GITLAB_TOKEN, scene } from './support/credential-case';
import { SpawnedCli } from './support/spawned-cli';

eachInScene('secrets');

/**
 * Collects everything that the commands of a test leave for others to see: output, files and process arguments.
 */
class Traces {
  public readonly folder = join(cliFolder(), 'story');
  /** The text by its place. */
  private readonly seen = new Map<string, string>();
  private readonly processes = new Set<string>();

  constructor(files: Record<string, string>) {
    mkdirSync(join(this.folder, 'work'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, 'work', name), text);
  }

  public get argumentLists(): readonly string[] {
    return [...this.processes];
  }

  /** Collects the arguments of every process while the command runs, and every file after its end. */
  public async run(argv: string[], variables: NodeJS.ProcessEnv): Promise<void> {
    const cli = SpawnedCli.start([...argv, '--debug'], { folder: this.folder, variables });
    const sampling = setInterval(() => this.sample(), 10);
    const { code, stdout, stderr } = await cli.ended;
    clearInterval(sampling);
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
    expect(stderr).toMatch(/^(?:GET|POST) \/.* 20\d, \d+ ms$/m);
    this.seen.set(`standard output of ${argv.join(' ')}`, stdout);
    this.seen.set(`standard error of ${argv.join(' ')}`, stderr);
    for (const file of readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      this.seen.set(`${file.name} after ${argv[0]}`, readFileSync(join(file.parentPath, file.name), 'latin1'));
    }
  }

  /** The places that hold one of the secrets in any form. */
  public placesOf(secrets: readonly string[]): string[] {
    const forms = secrets.flatMap(formsOf);
    const places = new Map([...this.seen, ...this.argumentLists.map((list) => [`arguments ${list}`, list] as const)]);
    return [...places].filter(([, text]) => forms.some((form) => text.includes(form))).map(([place]) => place);
  }

  private sample(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        this.processes.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
      } catch {
        // The process has ended.
      }
    }
  }
}

/** A secret, the constant part of its base64 at each offset, and the parts that are unique to a token. */
function formsOf(secret: string): string[] {
  const inBase64 = [0, 1, 2].map((shift) => Buffer.from(`${'x'.repeat(shift)}${secret}`).toString('base64').slice(shift === 0 ? 0 : 4, -4));
  return [secret, ...inBase64, ...secret.split('.').slice(1)];
}

test('the commands write tokens only to the variables of GitLab and to the file of --file', async () => {
  const traces = new Traces({ 'access.yaml': scene.access() });
  const asAdministrator = { GITLAB_TOKEN, KUBECONFIG: cluster.kubeconfig };
  const asJob = () => ({ GITLAB_TOKEN, KUBECONFIG: scene.variable('KUBECONFIG')?.value, CI: 'true' });
  const tokens: string[] = [];
  const keep = () => tokens.push(scene.credential().token ?? '');

  await traces.run(['grant', 'access.yaml', ...scene.inGitlab()], asAdministrator);
  keep();
  await traces.run(['verify', '--expect', 'access.yaml'], asJob());
  await traces.run(['rotate', '--itself', ...scene.inGitlab(), '--now'], asJob());
  keep();
  await traces.run(['rotate', 'access.yaml', ...scene.inGitlab(), '--now'], asAdministrator);
  keep();
  await traces.run(['revoke', 'access.yaml', ...scene.inGitlab(), '--remove-variable'], asAdministrator);
  await traces.run(['kubeconfig', '--service-account', scene.account, '--namespace', scene.namespace, '--file', 'ci.conf'], asAdministrator);
  const { token: filed = '' } = Kubeconfig.parse(readFileSync(join(traces.folder, 'work', 'ci.conf'), 'utf8'));
  await traces.run(['revoke', 'access.yaml', '--compromised'], asAdministrator);

  expect(new Set([...tokens, filed]).size).toBe(4);
  expect(traces.argumentLists.filter((list) => /main\.js grant access\.yaml/.test(list) && list.includes(scene.inGitlab()[1]!))).toHaveLength(1);
  expect(traces.placesOf([...tokens, GITLAB_TOKEN])).toEqual([]);
  expect(traces.placesOf([filed])).toEqual(['ci.conf after kubeconfig', 'ci.conf after revoke']);
});

test('the search finds a token in every form', () => {
  const token = `eyJ${'h'.repeat(50)}.eyJ${'p'.repeat(60)}.${'s'.repeat(80)}`;
  const nested = ['', 'a', 'ab', 'abc'].map((before) => Buffer.from(`${before}${token}, and so on`).toString('base64'));
  for (const text of [token, `"${token}"`, `Bearer ${token.split('.')[1]}`, ...nested]) {
    expect(formsOf(token).some((form) => text.includes(form))).toBe(true);
  }
});
