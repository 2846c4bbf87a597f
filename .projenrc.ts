import { cdk8s, javascript } from 'projen';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-ci-deploy',
  description: 'Give GitLab CI one Kubernetes namespace, and nothing else: cdk8s constructs and a command.',
  author: 'cdk8s-ci-deploy authors',
  authorAddress: 'authors@cdk8s-ci-deploy.example',
  authorOrganization: true,
  repositoryUrl: 'https://gitlab.example.com/cdk8s-ci-deploy/cdk8s-ci-deploy.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  copyrightOwner: 'cdk8s-ci-deploy authors',
  keywords: ['cdk8s', 'gitlab', 'gitlab-ci', 'kubernetes', 'rbac', 'kubeconfig', 'deploy'],
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenrcTsOptions: { projenCodeDir: '.projen' },
  github: false,
  release: false,

  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.16.0',
  publishToPypi: { distName: 'cdk8s-ci-deploy', module: 'cdk8s_ci_deploy' },

  // The floors are the oldest versions that work in every language; development happens on the floor.
  cdk8sVersion: '2.68.91',
  constructsVersion: '10.3.0',
  peerDeps: ['cdk8s-plus-28@^2.5.6'],
  bundledDeps: ['yaml@2.9.1'],
  devDeps: [
    'ajv@8.20.0',
    'cdk8s-cli@2.207.60',
    'diff@8.0.2',
    'esbuild@0.28.2',
    'fast-check@4.10.2',
    'fflate@0.8.3',
    'jest-environment-node@^30',
    '@jest/test-sequencer@^30',
    'tsx@4.23.15',
  ],
  bin: { 'cdk8s-ci-deploy': 'lib/cli/main.js' },
  npmIgnoreOptions: { ignorePatterns: ['/examples/', '/bench/', '/docs/', '/.ci/', '/.gitattributes', '*.tsbuildinfo'] },

  tsconfigDev: {
    compilerOptions: { noUncheckedIndexedAccess: true, noImplicitOverride: true },
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'build-tools'],
    // Linting does not change files; `npx projen eslint --fix` does. Without a cache, as in CI, it takes a minute.
    commandOptions: { fix: false, extraArgs: ['--cache', '--cache-strategy=content', '--cache-location=node_modules/.cache/eslint/'] },
  },
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: {
      // Tests wait for other processes. On two cores, three workers are faster than jest's default, which is one.
      maxWorkers: 3,
      testSequencer: '<rootDir>/test/support/slow-first.cjs',
      globalSetup: '<rootDir>/test/cluster/claims.cjs',
      testEnvironment: '<rootDir>/test/cluster/environment.cjs',
      // It only guards against hanging: a slow machine is no reason to fail.
      testTimeout: 300_000,
      collectCoverage: false,
      coverageThreshold: { lines: 90, branches: 85 },
      collectCoverageFrom: ['src/**/*.ts', '!src/cli/main.ts'],
      reporters: [new javascript.JestReporter('<rootDir>/test/support/closing-counts.cjs')],
    },
  },
});
project.package.addVersion('0.1.0');
project.gitattributes.addAttributes('/test/vectors/*.json', 'linguist-generated');
// Of 1.13.0 not every platform's binding is published, which makes `npm ci` refuse the lock file.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// jsii warns of a Node without support. Node 20 is the oldest that this package supports.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', 'true');

const compile = project.compileTask;
// A file that was renamed must not stay in the package.
compile.reset('rm -rf lib');
compile.exec('jsii --fail-on-warnings --silence-warnings=reserved-word');
// The command is one file, made to start fast: esbuild with a plugin, which its command line cannot name.
compile.exec('node .projen/bundle.mjs');
// jsii emits 0644; the Python console script executes the file itself.
compile.exec('chmod +x lib/cli/main.js');
// The examples import the library by its name, as a user does.
compile.exec('ln -sfn .. node_modules/cdk8s-ci-deploy');
// The pipeline names the SHA-256 of the command that was just made.
compile.exec('tsx pipeline.ts', { cwd: 'examples/hugo-site' });
project.npmignore?.exclude('/lib/cli/*');
project.npmignore?.include('/lib/cli/main.js');
project.npmignore?.exclude('/renovate.json');

// README and @example code must compile.
project.package.addField('jsiiRosetta', { strict: true });
project.postCompileTask.prependExec('jsii-rosetta extract');
project.gitignore.exclude('.jsii.tabl.json', '/examples/**/dist/', '/examples/**/public/');

// ts-jest only transpiles, so the types of src, test, examples and bench are checked apart.
const typecheck = project.addTask('typecheck', {
  description: 'Type check sources, tests, examples and benchmarks',
  steps: ['test', 'examples', 'bench'].map((dir) => ({ exec: `tsc --noEmit -p ${dir}/tsconfig.json` })),
});
const lint = project.tasks.tryFind('eslint')!;
project.addTask('generate', {
  description: 'Make all generated files that are committed',
  steps: [{ spawn: 'default' }, { spawn: 'compile' }, { spawn: 'post-compile' }, { exec: 'tsx test/layout/architecture.ts' }],
});
const check = project.addTask('check', {
  description: 'Look at types, style and whether generated files are up to date, and change nothing',
  steps: [{ spawn: typecheck.name }, { spawn: lint.name }, { exec: 'tsx test/support/check-generated.ts' }],
});

// Tests of a kind, such as x.kubectl.test.ts, need more than Node.
const slowTests = '\\.\\w+\\.test\\.ts$';
project.testTask.reset();
// A generated pipeline names the SHA-256 of the command.
project.testTask.exec('node .projen/bundle.mjs');
project.testTask.exec(`jest --ci --testPathIgnorePatterns '${slowTests}'`, { receiveArgs: true });

const all = [`projen ${check.name}`, 'tsx test/cluster/prepare.ts', 'jest --ci --coverage', 'tsx test/support/on-newer-nodes.ts'];
project.addTask('test:all', {
  description: 'Check, build, then every test: the quick ones, kubectl as the oracle, a real cluster, a browser, the packed library, newer Nodes',
  steps: [{ exec: `tsx test/support/in-turn.ts ${all.map((command) => `'${command}'`).join(' ')}` }],
});
project.addTask('test:versions', {
  description: 'Run the cluster tests on several versions of Kubernetes, and write the table in docs/ (hours); words choose versions, such as 1.33',
  // The cluster tests run the bundle.
  steps: [{ exec: 'node .projen/bundle.mjs' }, { exec: 'tsx test/cluster/versions.ts', receiveArgs: true }],
});
project.addTask('cluster', {
  description: 'Start a Kubernetes cluster to play with, and stop it on Ctrl-C; --node makes this machine its node',
  steps: [{ exec: 'tsx test/cluster/play.ts', receiveArgs: true }],
});
project.addTask('demo', {
  description: 'Build the library and synthesize the example as a GitLab job would',
  steps: [{ spawn: 'compile' }, { exec: 'tsx examples/demo.ts' }],
});
project.addTask('bench', {
  description: 'Print what synthesis, the command and the import cost, as ratios of one run',
  steps: [{ spawn: 'compile' }, { exec: 'tsx bench/bench.ts' }],
});
project.addTask('bench:verify', {
  description: 'Print what verify costs beside a loop of `kubectl auth can-i`, on an API server of its own',
  steps: [{ spawn: 'compile' }, { exec: 'tsx bench/verify.ts' }],
});
project.addTask('bench:deploy', {
  description: 'Print how deploy stands beside kubectl, ApplySet, helm and kapp: what it costs, and what each does when something is wrong (minutes)',
  steps: [{ spawn: 'compile' }, { exec: 'tsx bench/deploy/main.ts', receiveArgs: true }],
});
project.addTask('contract', {
  description: 'Compare what the command does on the wire with its record; --record writes the record, words choose scenarios',
  // The pipelines of scenarios name the SHA-256 of the command.
  steps: [{ exec: 'node .projen/bundle.mjs' }, { exec: 'tsx test/contract/main.ts', receiveArgs: true }],
});
project.addTask('sentences', {
  description: 'Print sentences of the pages, the help, docstrings and comments, chosen by a seed, for a reader who checks the language',
  steps: [{ exec: 'tsx test/support/sentences.ts', receiveArgs: true }],
});
project.addTask('soak', {
  description: 'Deploy two applications 200 times each through random faults and look whether every end state is right (minutes)',
  steps: [{ exec: 'tsx test/soak/soak.ts', receiveArgs: true }],
});
project.addTask('interleavings', {
  description: 'Let two applications of one namespace come in between each other 200 times and look whether one writes what is the other\'s (minutes)',
  steps: [{ exec: 'tsx test/soak/interleavings.ts', receiveArgs: true }],
});
project.addTask('scale', {
  description: 'Print what one release of 100, 300 and 1,000 objects costs in time and requests',
  steps: [{ exec: 'tsx test/soak/scale.ts', receiveArgs: true }],
});

// The walls of the layout.
const NETWORK = ['http', 'http2', 'https', 'net', 'tls'].flatMap((name) => [name, `node:${name}`]);
const CHILD_PROCESS = ['child_process', 'node:child_process'];
project.eslint?.addRules({
  'import/no-cycle': 'error',
  'no-console': 'error',
  'no-restricted-imports': ['error', { paths: [...NETWORK, ...CHILD_PROCESS] }],
  'no-restricted-properties': ['error', {
    object: 'process', property: 'env', message: 'read variables through src/gitlab/ci-variables.ts',
  }],
  'import/no-restricted-paths': ['error', {
    zones: [{ target: './src/!(cli)/**/*', from: './src/cli' }, { target: './src/*.ts', from: './src/cli' }],
  }],
});
for (const dir of ['examples', 'bench']) project.eslint?.addLintPattern(dir);
project.eslint?.addOverride({
  files: ['src/gitlab/ci-variables.ts'],
  rules: { 'no-restricted-properties': 'off' },
});
project.eslint?.addOverride({
  files: ['src/cli/http/*.ts'],
  rules: { 'no-restricted-imports': ['error', { paths: CHILD_PROCESS }] },
});
project.eslint?.addOverride({
  files: ['src/cli/io/child-process.ts'],
  rules: { 'no-restricted-imports': ['error', { paths: NETWORK }] },
});
// What takes long to load is loaded by the first that needs it. `import()` would make that asynchronous, which a construct cannot be.
project.eslint?.addOverride({
  files: ['src/**/lazy-*.ts'],
  rules: { '@typescript-eslint/no-require-imports': 'off' },
});
project.eslint?.addOverride({
  files: ['test/**', 'examples/**', 'bench/**', '.projenrc.ts'],
  rules: {
    'no-console': 'off',
    'no-restricted-imports': 'off',
    'no-restricted-properties': 'off',
    'import/no-extraneous-dependencies': 'off',
    'import/no-unresolved': 'off',
  },
});

project.synth();
