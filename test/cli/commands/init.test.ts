import { CliOptions, CliResult, fileNames, fileText, runCli } from '../../support/cli';

const PROGRAMS = ['.gitlab-ci.yml', 'DEPLOYING.md', 'access.ts', 'main.ts', 'pipeline.ts', 'targets.ts'];
const FILES = [...PROGRAMS, '.gitignore', 'package.json', 'renovate.json', 'tsconfig.json'].sort();

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: web, image: IMAGE}
`;

async function init(argv: string[] = [], options: CliOptions = {}): Promise<CliResult> {
  return runCli(['init', ...argv], options);
}

const APP = ['--app', 'web'];

/** A folder whose name is not a valid name of an application. The folder of a test may have one. */
const NAMELESS = 'My Site';

describe('without a terminal', () => {
  test('it uses options and defaults', async () => {
    const { code, stdout } = await init(APP);

    expect(code).toBe(0);
    expect(fileNames()).toEqual(FILES);
    expect(stdout).toContain('written: pipeline.ts\n');
    expect(fileText('targets.ts')).toBe(`/** The values that the access manifests, the workload and the pipeline share. */
export const app = 'web';

export const targets = [
  { environment: 'staging', namespace: 'web-staging', protectedRefsOnly: false },
  { environment: 'production', namespace: 'web', protectedRefsOnly: true },
];
`);
    expect(fileText('.gitlab-ci.yml')).toMatch(/^deploy-staging:$[^]*^deploy-production:$/m);
  });

  test('it makes the folder', async () => {
    expect(await init(['sites/web'])).toMatchObject({ code: 0, stdout: expect.stringContaining('written: sites/web/main.ts\n') });
    expect(fileText('sites/web/targets.ts')).toContain('export const app = \'web\';');
  });

  test.each([
    ['a missing name of the application, when the name of the folder is not valid', [NAMELESS], {}, /^cdk8s-ci-deploy: --app: it is missing, expected the name of the application; add --app, or answer at a terminal\n$/],
    ['an application whose name no Service can have', ['--app', 'Web'], {}, /^cdk8s-ci-deploy: --app: it is "Web", expected a DNS label .*; use a value such as web\n$/],
    ['a target without a namespace', [...APP, '--target', 'production'], {}, /^cdk8s-ci-deploy: --target: "production", expected ENVIRONMENT=NAMESPACE; /],
    ['a protected namespace', [...APP, '--target', 'production=kube-system'], {}, /^cdk8s-ci-deploy: --target: namespace is "kube-system", expected a namespace of the application's own/],
    ['two targets in one namespace', [...APP, '--target', 'a=web', '--target', 'b=web'], {}, /^cdk8s-ci-deploy: --target: "b=web" shares its environment or its namespace with another target, .*; use another name, such as --target b=web-2\n$/],
    ['a protected environment that is no target', [...APP, '--protected', 'live'], {}, /^cdk8s-ci-deploy: --protected: "live", expected one of the targets; use --protected staging or --protected production\n$/],
    ['an unknown builder', [...APP, '--builder', 'kaniko'], {}, /^cdk8s-ci-deploy: --builder: "kaniko", expected buildah, docker, prebuilt; /],
    ['an invalid image', [...APP, '--builder', 'prebuilt', '--image', 'A B'], {}, /"A B"/],
    ['a missing prebuilt image', [...APP, '--builder', 'prebuilt'], {}, /^cdk8s-ci-deploy: --image: it is missing, /],
    ['an agent without a project', [...APP, '--credential', 'agent', '--agent', 'production'], {}, /^cdk8s-ci-deploy: --agent: it is "production", expected the path of its project, ":" and its name/],
    ['an API server without TLS', [...APP, '--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--project-id', '42', '--server', 'http://api.example.com'], {},
      /^cdk8s-ci-deploy: --server: it is "http:\/\/api.example.com", expected an https address; /],
    ['a manifest without the placeholder', APP, { 'deployment.yml': DEPLOYMENT.replace('IMAGE', 'nginx:1.29') },
      /^cdk8s-ci-deploy: deployment.yml: images "nginx:1.29", expected a container whose image is the placeholder "IMAGE"; /],
    ['a manifest outside the folder', [...APP, '--manifest', '../deployment.yml'], {}, /^cdk8s-ci-deploy: --manifest: "\.\.\/deployment.yml", expected a file in the folder/],
    ['a folder with programs', APP, { 'main.ts': '', 'pipeline.ts': '' }, /\.: it has main.ts, pipeline.ts, expected a folder without the programs/],
  ] as Array<[string, string[], Record<string, string>, RegExp]>)('it rejects %s, and writes nothing', async (_, argv, files, sentence) => {
    const { code, stderr } = await init(argv, { files });

    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
    expect(fileNames()).toEqual(Object.keys(files).sort());
  });

  test('it rejects a folder that it cannot make', async () => {
    expect(await init(['/proc/nothing/web', ...APP])).toMatchObject({ code: 2, stderr: expect.stringMatching(/cannot write \/proc\/nothing\/web: /) });
  });

  test('it writes nothing with --dry-run', async () => {
    expect(await init([...APP, '--dry-run'])).toMatchObject({ code: 0, stdout: expect.stringContaining('would write: main.ts\n') });
    expect(fileNames()).toEqual([]);
  });

  test('it names the files in JSON', async () => {
    const { stdout } = await init([...APP, '--output', 'json'], { files: { 'tsconfig.json': '{}\n' } });
    const { written, left } = JSON.parse(stdout);

    expect(written.sort()).toEqual(FILES.filter((name) => name !== 'tsconfig.json'));
    expect(left).toEqual([{ name: 'tsconfig.json', advice: expect.any(String) }]);
  });
});

describe('at a terminal', () => {
  const answers = (...lines: string[]) => ({ stdinIsTerminal: true, stdin: lines.map((line) => `${line}\n`).join('') });

  test('it asks for missing options, and for confirmation before it writes', async () => {
    const { code, stderr } = await init([NAMELESS, '--builder', 'docker'], answers('shop', 'production=shop', 'group/shop', '', 'y'));

    expect(stderr).toBe([
      'the name of the application: ',
      'environments and their namespaces, in the order of promotion [staging=shop-staging,production=shop]: ',
      'the path of the project in GitLab: ',
      'the credential of deploy jobs (kubeconfig, agent, oidc) [kubeconfig]: ',
      `write ${'targets.ts, access.ts, main.ts, pipeline.ts, .gitlab-ci.yml, DEPLOYING.md, package.json, tsconfig.json, .gitignore, renovate.json'}? [y/N] `,
    ].join(''));
    expect(code).toBe(0);
    expect(fileText(`${NAMELESS}/pipeline.ts`)).toContain('ImageBuild.docker()');
    expect(fileText(`${NAMELESS}/DEPLOYING.md`)).toContain('--project group/shop --environment \'production\'');
  });

  test('it asks again after an invalid answer', async () => {
    const { stderr } = await init([NAMELESS], answers('My Shop', 'shop', '', 'group/shop', '', '', 'y'));

    expect(stderr).toContain('the name of the application: --app: it is "My Shop", expected a DNS label');
    expect(fileText(`${NAMELESS}/targets.ts`)).toContain('export const app = \'shop\';');
  });

  test('it writes nothing after a no', async () => {
    expect(await init(APP, answers('', 'group/web', '', '', 'n'))).toMatchObject({ code: 1, stderr: expect.stringContaining('not confirmed\n') });
    expect(fileNames()).toEqual([]);
  });

  test('it fails at the end of the input', async () => {
    expect(await init(APP, answers())).toMatchObject({ code: 2, stderr: expect.stringContaining('--project: it is missing') });
  });
});

describe('in a folder with files', () => {
  test('it writes the pipeline into another file, which an existing .gitlab-ci.yml can include', async () => {
    const { stdout } = await init(APP, { files: { '.gitlab-ci.yml': 'test:\n  script: make test\n' } });

    expect(fileText('.gitlab-ci.yml')).toBe('test:\n  script: make test\n');
    expect(fileText('deploy.gitlab-ci.yml')).toContain('deploy-production:');
    expect(fileText('pipeline.ts')).toContain('}).write(\'deploy.gitlab-ci.yml\');');
    expect(stdout).toContain('unchanged: .gitlab-ci.yml\n  add to it:\n    include:\n      - local: deploy.gitlab-ci.yml\n');
    expect(fileText('DEPLOYING.md')).toContain('- local: deploy.gitlab-ci.yml');
  });

  test('it says what an existing package.json needs', async () => {
    const { stdout } = await init(APP, { files: { 'package.json': '{}\n' } });

    expect(fileText('package.json')).toBe('{}\n');
    expect(stdout).toMatch(/unchanged: package.json\n {2}npm install 'cdk8s@.* && npm install --save-dev .* && npm pkg set 'scripts.access=tsx access.ts'/);
  });

  test('it makes a ManifestTemplate of a deployment.yml with the placeholder', async () => {
    await init(APP, { files: { 'deployment.yml': DEPLOYMENT } });

    expect(fileText('main.ts')).toContain('new ManifestTemplate(new NamespacedChart(program, app, { namespace }), app, {\n    file: \'deployment.yml\',\n');
    // Its pods may not meet the level.
    expect(fileText('access.ts')).not.toContain('pod-security');
  });

  test('it names another manifest and placeholder in the program', async () => {
    await init([...APP, '--manifest', 'k8s.yml', '--placeholder', '__IMAGE__'], { files: { 'k8s.yml': DEPLOYMENT.replace('IMAGE', '__IMAGE__') } });

    expect(fileText('main.ts')).toContain('    file: \'k8s.yml\',\n    placeholder: \'__IMAGE__\',\n');
  });

  test('it builds a Hugo site before the image, and writes a Dockerfile that serves it', async () => {
    await init(APP, { files: { 'hugo.toml': 'title = "Site"\n' } });

    expect(fileText('pipeline.ts')).toContain('BuildJob.script({ image: \'ghcr.io/gohugoio/hugo:v');
    expect(fileText('Dockerfile')).toContain('COPY public/ /usr/share/nginx/html/\n');
  });

  test('it keeps the Dockerfile of a Hugo site', async () => {
    await init(APP, { files: { 'hugo.toml': '', 'Dockerfile': 'FROM scratch\n' } });

    expect(fileText('Dockerfile')).toBe('FROM scratch\n');
  });
});

test('it allows the repository of a prebuilt image in the program', async () => {
  await init([...APP, '--builder', 'prebuilt', '--image', 'registry.example.com/shared/web:1.4.2']);

  expect(fileText('main.ts')).toContain('allowedRegistries: [\'registry.example.com/shared/web\']');
});

test('it escapes values in the programs', async () => {
  await init([...APP, '--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--project-id', '42',
    '--audience', 'it\'s"$\\{}', '--server', 'https://api.example.com:6443']);

  expect(fileText('access.ts')).toContain('audience: \'it\\\'s"$\\\\{}\'');
});
