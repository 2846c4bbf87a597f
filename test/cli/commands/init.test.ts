import { CliOptions, CliResult, fileNames, fileText, runCli } from '../../support/cli';

const PROGRAMS = ['.gitlab-ci.yml', 'DEPLOYING.md', 'access.ts', 'main.ts', 'pipeline.ts', 'targets.ts'];
const FILES = [...PROGRAMS, '.gitignore', 'package.json', 'tsconfig.json'].sort();

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

/** A folder whose name can be that of no application, as that of a test's folder may be. */
const NAMELESS = 'My Site';

describe('where nobody can be asked', () => {
  test('options and defaults answer', async () => {
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

  test('into a folder that is not there yet', async () => {
    expect(await init(['sites/web'])).toMatchObject({ code: 0, stdout: expect.stringContaining('written: sites/web/main.ts\n') });
    expect(fileText('sites/web/targets.ts')).toContain('export const app = \'web\';');
  });

  test.each([
    ['the name of the application is missing, and the folder has none to offer', [NAMELESS], {}, /^cdk8s-ci-deploy: --app: it is missing, expected the name of the application; give it\n$/],
    ['an application that cannot be a Service', ['--app', 'Web'], {}, /^cdk8s-ci-deploy: --app: it is "Web", expected a DNS label /],
    ['a target without a namespace', [...APP, '--target', 'production'], {}, /^cdk8s-ci-deploy: --target: "production", expected ENVIRONMENT=NAMESPACE; /],
    ['a protected namespace', [...APP, '--target', 'production=kube-system'], {}, /^cdk8s-ci-deploy: --target: namespace is "kube-system", expected a namespace of the application's own/],
    ['two targets in one namespace', [...APP, '--target', 'a=web', '--target', 'b=web'], {}, /^cdk8s-ci-deploy: --target: "b=web" shares its environment or its namespace with another one, /],
    ['a protected environment that is no target', [...APP, '--protected', 'live'], {}, /^cdk8s-ci-deploy: --protected: "live", expected one of the targets; /],
    ['an unknown builder', [...APP, '--builder', 'kaniko'], {}, /^cdk8s-ci-deploy: --builder: "kaniko", expected buildah, docker, prebuilt; /],
    ['an image that is none', [...APP, '--builder', 'prebuilt', '--image', 'A B'], {}, /"A B"/],
    ['a prebuilt image that nobody names', [...APP, '--builder', 'prebuilt'], {}, /^cdk8s-ci-deploy: --image: it is missing, /],
    ['an agent without a project', [...APP, '--credential', 'agent', '--agent', 'production'], {}, /^cdk8s-ci-deploy: --agent: it is "production", expected the path of its project, ":" and its name/],
    ['an API server without TLS', [...APP, '--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--project-id', '42', '--server', 'http://api.example.com'], {},
      /^cdk8s-ci-deploy: --server: it is "http:\/\/api.example.com", expected an https address; /],
    ['a manifest without the placeholder', APP, { 'deployment.yml': DEPLOYMENT.replace('IMAGE', 'nginx:1.29') },
      /^cdk8s-ci-deploy: deployment.yml: images "nginx:1.29", expected a container whose image is the placeholder "IMAGE"; /],
    ['a manifest outside the folder', [...APP, '--manifest', '../deployment.yml'], {}, /^cdk8s-ci-deploy: --manifest: "\.\.\/deployment.yml", expected a file in the folder/],
    ['a folder where somebody was before', APP, { 'main.ts': '', 'pipeline.ts': '' }, /there is main.ts, pipeline.ts, expected a folder without the programs/],
  ] as Array<[string, string[], Record<string, string>, RegExp]>)('%s is refused, and nothing is written', async (_, argv, files, sentence) => {
    const { code, stderr } = await init(argv, { files });

    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
    expect(fileNames()).toEqual(Object.keys(files).sort());
  });

  test('a folder that cannot be made is refused', async () => {
    expect(await init(['/proc/nothing/web', ...APP])).toMatchObject({ code: 2, stderr: expect.stringMatching(/cannot write \/proc\/nothing\/web: /) });
  });

  test('--dry-run writes nothing', async () => {
    expect(await init([...APP, '--dry-run'])).toMatchObject({ code: 0, stdout: expect.stringContaining('would be written: main.ts\n') });
    expect(fileNames()).toEqual([]);
  });

  test('--output json names the files', async () => {
    const { stdout } = await init([...APP, '--output', 'json'], { files: { 'tsconfig.json': '{}\n' } });
    const { written, left } = JSON.parse(stdout);

    expect(written.sort()).toEqual(FILES.filter((name) => name !== 'tsconfig.json'));
    expect(left).toEqual([{ name: 'tsconfig.json', advice: expect.any(String) }]);
  });
});

describe('on a terminal', () => {
  const answers = (...lines: string[]) => ({ stdinIsTerminal: true, stdin: lines.map((line) => `${line}\n`).join('') });

  test('it asks what no option has answered, and before it writes', async () => {
    const { code, stderr } = await init([NAMELESS, '--builder', 'docker'], answers('shop', 'production=shop', 'group/shop', '', 'y'));

    expect(stderr).toBe([
      'the name of the application: ',
      'environments and their namespaces, in the order of promotion [staging=shop-staging,production=shop]: ',
      'the path of the project in GitLab: ',
      'what deploy jobs reach the cluster with (kubeconfig, agent, oidc) [kubeconfig]: ',
      `write ${'targets.ts, access.ts, main.ts, pipeline.ts, .gitlab-ci.yml, DEPLOYING.md, package.json, tsconfig.json, .gitignore'}? [y/N] `,
    ].join(''));
    expect(code).toBe(0);
    expect(fileText(`${NAMELESS}/pipeline.ts`)).toContain('ImageBuild.docker()');
    expect(fileText(`${NAMELESS}/DEPLOYING.md`)).toContain('--project group/shop --environment \'production\'');
  });

  test('it asks again after an answer that is none', async () => {
    const { stderr } = await init([NAMELESS], answers('My Shop', 'shop', '', 'group/shop', '', '', 'y'));

    expect(stderr).toContain('the name of the application: --app: it is "My Shop", expected a DNS label');
    expect(fileText(`${NAMELESS}/targets.ts`)).toContain('export const app = \'shop\';');
  });

  test('a no writes nothing', async () => {
    expect(await init(APP, answers('', 'group/web', '', '', 'n'))).toMatchObject({ code: 1, stderr: expect.stringContaining('not confirmed\n') });
    expect(fileNames()).toEqual([]);
  });

  test('the end of the input is no answer', async () => {
    expect(await init(APP, answers())).toMatchObject({ code: 2, stderr: expect.stringContaining('--project: it is missing') });
  });
});

describe('what is there already', () => {
  test('an existing .gitlab-ci.yml includes the pipeline, which goes elsewhere', async () => {
    const { stdout } = await init(APP, { files: { '.gitlab-ci.yml': 'test:\n  script: make test\n' } });

    expect(fileText('.gitlab-ci.yml')).toBe('test:\n  script: make test\n');
    expect(fileText('deploy.gitlab-ci.yml')).toContain('deploy-production:');
    expect(fileText('pipeline.ts')).toContain('}).write(\'deploy.gitlab-ci.yml\');');
    expect(stdout).toContain('left as it is: .gitlab-ci.yml\n  add to it:\n    include:\n      - local: deploy.gitlab-ci.yml\n');
    expect(fileText('DEPLOYING.md')).toContain('- local: deploy.gitlab-ci.yml');
  });

  test('of an existing package.json it is said what it needs', async () => {
    const { stdout } = await init(APP, { files: { 'package.json': '{}\n' } });

    expect(fileText('package.json')).toBe('{}\n');
    expect(stdout).toMatch(/left as it is: package.json\n {2}npm install 'cdk8s@.* && npm install --save-dev .* && npm pkg set 'scripts.access=tsx access.ts'/);
  });

  test('a deployment.yml with the placeholder becomes a ManifestTemplate', async () => {
    await init(APP, { files: { 'deployment.yml': DEPLOYMENT } });

    expect(fileText('main.ts')).toContain('new ManifestTemplate(new NamespacedChart(program, app, { namespace }), app, {\n    file: \'deployment.yml\',\n');
    // Nobody knows which level its pods keep to.
    expect(fileText('access.ts')).not.toContain('pod-security');
  });

  test('another placeholder is named', async () => {
    await init([...APP, '--manifest', 'k8s.yml', '--placeholder', '__IMAGE__'], { files: { 'k8s.yml': DEPLOYMENT.replace('IMAGE', '__IMAGE__') } });

    expect(fileText('main.ts')).toContain('    file: \'k8s.yml\',\n    placeholder: \'__IMAGE__\',\n');
  });

  test('a Hugo site is built before the image, with a Dockerfile that serves it', async () => {
    await init(APP, { files: { 'hugo.toml': 'title = "Site"\n' } });

    expect(fileText('pipeline.ts')).toContain('BuildJob.script({ image: \'ghcr.io/gohugoio/hugo:v');
    expect(fileText('Dockerfile')).toContain('COPY public/ /usr/share/nginx/html/\n');
  });

  test('the Dockerfile of a Hugo site stays', async () => {
    await init(APP, { files: { 'hugo.toml': '', 'Dockerfile': 'FROM scratch\n' } });

    expect(fileText('Dockerfile')).toBe('FROM scratch\n');
  });
});

test('an image from elsewhere is allowed by the program that takes it', async () => {
  await init([...APP, '--builder', 'prebuilt', '--image', 'registry.example.com/shared/web:1.4.2']);

  expect(fileText('main.ts')).toContain('allowedRegistries: [\'registry.example.com/shared/web\']');
});

test('what is typed stays text in the programs', async () => {
  await init([...APP, '--credential', 'oidc', '--gitlab-url', 'https://gitlab.example.com', '--project-id', '42',
    '--audience', 'it\'s"$\\{}', '--server', 'https://api.example.com:6443']);

  expect(fileText('access.ts')).toContain('audience: \'it\\\'s"$\\\\{}\'');
});
