import { CliOptions, CliResult, fileNames, fileText, runCli } from '../../support/cli';

const IMAGE = 'registry.gitlab.com/group/site:1a2b3c4d-4711-815';

/** What a GitLab job that needs the image job has in its environment. */
const JOB = {
  CI: 'true',
  CI_PIPELINE_ID: '4711',
  CI_REGISTRY_IMAGE: 'registry.gitlab.com/group/site',
  CI_COMMIT_REF_SLUG: 'main',
  IMAGE,
  IMAGE_PIPELINE_ID: '4711',
};

const DEPLOYMENT = [
  '# kept: IMAGE',
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata: {name: web, annotations: {note: IMAGE}}',
  'spec:',
  '  template:',
  '    spec:',
  '      containers:',
  '      - name: web   # odd spacing stays',
  '        image: "IMAGE"',
  '        env:',
  '        - name: IMAGE',
  '          value: IMAGE',
  '      - name: sidecar',
  '        image: busybox:1.36',
  '',
].join('\r\n');

const FILES = { 'deployment.yml': DEPLOYMENT };
const EXPECTED = DEPLOYMENT.replace('"IMAGE"', `"${IMAGE}"`);

async function run(argv: string[], options: CliOptions = {}): Promise<CliResult> {
  return runCli(['render', ...argv], { files: FILES, ...options });
}

describe('rendering', () => {
  test('it prints the manifest with the image of the pipeline, and reports the source of the image', async () => {
    expect(await run(['deployment.yml'], { variables: JOB })).toEqual({
      code: 0,
      stdout: EXPECTED,
      stderr: `${IMAGE} (variable IMAGE of pipeline 4711) set in 1 container\n`,
    });
  });

  test('it takes the image from an option', async () => {
    expect(await run(['deployment.yml', '--image', IMAGE])).toEqual({
      code: 0,
      stdout: EXPECTED,
      stderr: `${IMAGE} (option --image) set in 1 container\n`,
    });
  });

  test.each([[[]], [['-']]])('it reads standard input with the operands %j', async (operands) => {
    expect(await run([...operands, '--image', IMAGE], { stdin: DEPLOYMENT })).toMatchObject({ code: 0, stdout: EXPECTED });
  });

  test.each([
    ['keeps a byte order mark', Buffer.from(`\ufeff${DEPLOYMENT}`), `\ufeff${EXPECTED}`],
    ['turns UTF-16 into UTF-8', Buffer.from(`\ufeff${DEPLOYMENT}`, 'utf16le'), EXPECTED],
  ])('it %s', async (_, stdin, stdout) => {
    expect(await run(['--image', IMAGE], { stdin })).toMatchObject({ code: 0, stdout });
  });

  test('it does not take a volume for the container of the same name', async () => {
    const stdin = 'apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: web, image: a:1}]\n  volumes: [{name: web, image: {reference: b:1}}]\n';
    expect(await run(['--image', IMAGE, '--container', 'web'], { stdin })).toMatchObject({ code: 0, stdout: stdin.replace('a:1', IMAGE) });
  });

  test('it counts image volumes', async () => {
    const stdin = 'apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: a, image: IMAGE}, {name: b, image: IMAGE}]\n  volumes: [{name: m, image: {reference: IMAGE}}]\n';
    expect(await run(['--image', IMAGE], { stdin })).toMatchObject({ code: 0, stderr: `${IMAGE} (option --image) set in 2 containers and 1 image volume\n` });
    expect(JSON.parse((await run(['--image', IMAGE, '--output', 'json'], { stdin })).stdout)).toMatchObject({ containers: ['a', 'b', 'm'] });
  });

  test('it rejects its placeholder in a custom resource, and writes nothing', async () => {
    const stdin = `${DEPLOYMENT}---\napiVersion: tekton.dev/v1\nkind: Task\nspec: {steps: [{image: IMAGE}]}\n`;
    expect(await run(['--image', IMAGE], { stdin })).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('spec.steps[0].image of Task.tekton.dev has the placeholder "IMAGE"') });
  });

  test('it takes another variable and another placeholder', async () => {
    const variables = { ...JOB, IMAGE: undefined, API_IMAGE: IMAGE, API_IMAGE_PIPELINE_ID: '4711' };
    const stdin = DEPLOYMENT.replace('"IMAGE"', '"$IMAGE"');

    expect(await run(['--variable', 'API_IMAGE', '--placeholder', '$IMAGE'], { variables, stdin })).toMatchObject({ code: 0, stdout: EXPECTED });
  });

  test('it sets named containers, whatever their image is', async () => {
    const { code, stdout, stderr } = await run(['deployment.yml', '--image', IMAGE, '--container', 'sidecar', '--container', 'web']);

    expect(code).toBe(0);
    expect(stdout).toBe(EXPECTED.replace('busybox:1.36', IMAGE));
    expect(stderr).toContain('set in 2 containers');
  });

  test('it writes the manifest into a file', async () => {
    const { code, stdout } = await run(['deployment.yml', '--image', IMAGE, '--file', 'out.yml']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(fileText('out.yml')).toBe(EXPECTED);
    expect(fileText('deployment.yml')).toBe(DEPLOYMENT);
    expect(fileNames()).toEqual(['deployment.yml', 'out.yml']);
  });

  test('it writes the manifest into the input file', async () => {
    await run(['deployment.yml', '--image', IMAGE, '--file', 'deployment.yml']);

    expect(fileText('deployment.yml')).toBe(EXPECTED);
  });

  test('it reports in JSON', async () => {
    const account = { image: IMAGE, source: 'variable IMAGE of pipeline 4711', containers: ['web'] };
    const toStdout = await run(['deployment.yml', '--output', 'json'], { variables: JOB });
    const toFile = await run(['deployment.yml', '--output', 'json', '--file', 'out.yml'], { variables: JOB });

    expect(JSON.parse(toStdout.stdout)).toEqual({ ...account, manifest: EXPECTED });
    expect(JSON.parse(toFile.stdout)).toEqual({ ...account, file: 'out.yml' });
  });

  test.each<[string, string[]]>([
    ['a mutable tag when allowed', ['--image', 'registry.example.com/site:latest', '--allow-mutable-tag']],
    ['a registry that is allowed', ['--image', 'registry.example.com/site:1', '--allow-registry', 'docker.io', '--allow-registry', 'registry.example.com']],
    ['the registry of the project beside an allowed one', ['--allow-registry', 'docker.io']],
  ])('it accepts %s', async (_, argv) => {
    expect(await run(['deployment.yml', ...argv], { variables: JOB })).toMatchObject({ code: 0 });
  });
});

test.each<[string, string[], CliOptions, RegExp]>([
  ['no image in CI', [], { variables: { CI: 'true' } }, /variable IMAGE: it is not set/],
  ['no image elsewhere', [], {}, /variable IMAGE: it is not set/],
  ['an empty image', [], { variables: { ...JOB, IMAGE: '' } }, /variable IMAGE/],
  ['an empty --image', ['--image', ''], {}, /image/],
  ['the placeholder', ['--image', 'IMAGE'], {}, /placeholder "IMAGE"/],
  ['a variable that was not expanded', ['--image', '$CI_REGISTRY_IMAGE:1'], {}, /\$CI_REGISTRY_IMAGE/],
  ['latest', ['--image', 'registry.example.com/site:latest'], {}, /mutable tag "latest"/],
  ['no tag', ['--image', 'registry.example.com/site'], {}, /no tag/],
  ['an upper-case repository', ['--image', 'registry.example.com/Site:1'], {}, /Site/],
  ['a tag that is too long', ['--image', `registry.example.com/site:${'x'.repeat(129)}`], {}, /tag/],
  ['a digest of another length', ['--image', `registry.example.com/site@sha256:${'a'.repeat(63)}`], {}, /digest/],
  ['a line break behind it', ['--image', `${IMAGE}\n`], {}, /image/],
  ['a space behind it', ['--image', `${IMAGE} `], {}, /image/],
  ['a foreign registry in CI', [], { variables: { ...JOB, IMAGE: 'docker.io/evil/site:1' } }, /docker\.io\/evil/],
  ['the image of another pipeline', [], { variables: { ...JOB, IMAGE_PIPELINE_ID: '4710' } }, /IMAGE_PIPELINE_ID is "4710"/],
  ['two sources of the image', ['--image', IMAGE, '--variable', 'IMAGE'], {}, /--variable: it cannot be combined with --image, expected one of them; remove --variable or --image/],
  ['a container that is not there', ['--image', IMAGE, '--container', 'wbe'], {}, /deployment\.yml: .*"web".*the name "wbe"/],
  ['no placeholder', ['--image', IMAGE, '--placeholder', 'X'], {}, /deployment\.yml: .*"web" with "IMAGE".*the image "X"/],
  ['a duplicate key', ['--image', IMAGE], { files: { 'deployment.yml': 'kind: A\nkind: B\n' } }, /deployment\.yml:2:1: /],
  ['a tab', ['--image', IMAGE], { files: { 'deployment.yml': 'kind: A\nspec:\n\tx: 1\n' } }, /deployment\.yml:3:1: a tab/],
  ['an empty file', ['--image', IMAGE], { files: { 'deployment.yml': '' } }, /deployment\.yml:1:1: no document/],
  ['10 MB', ['--image', IMAGE], { files: { 'deployment.yml': '#'.repeat(10_000_000) } }, /deployment\.yml: /],
  ['an alias bomb', ['--image', IMAGE], { files: { 'deployment.yml': bomb() } }, /deployment\.yml:\d+:\d+: aliases that repeat too much/],
  ['bytes that are no text', ['--image', IMAGE], { files: { 'deployment.yml': Buffer.from([0x61, 0xff]) } }, /deployment\.yml: bytes that are not UTF-8/],
])('it rejects %s, and writes no file', async (_, argv, options, expected) => {
  const { code, stdout, stderr } = await run(['deployment.yml', '--file', 'out.yml', ...argv], options);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(expected);
  expect(stderr).toMatch(/^cdk8s-ci-deploy: [^\n]*\n$/);
  expect(fileNames()).toEqual(['deployment.yml']);
});

test('it rejects a terminal as the input', async () => {
  expect(await run(['--image', IMAGE], { stdinIsTerminal: true })).toMatchObject({ code: 2, stderr: expect.stringContaining('render: there is no manifest') });
});

test('it rejects a missing file', async () => {
  expect(await run(['absent.yml', '--image', IMAGE])).toMatchObject({ code: 2, stderr: expect.stringContaining('file not found: absent.yml') });
});

function bomb(): string {
  const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [name, below] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => pair.split(''))) {
    levels.push(`${name}: &${name} [${Array(10).fill(`*${below}`).join(',')}]`);
  }
  return `${levels.join('\n')}\n`;
}
