import type { Answers } from './answers';

/** What a new project is made with. The library's own floors, so that a fresh install is what the library is developed on. */
export const VERSIONS = {
  dependencies: { 'cdk8s': '^2.68.91', 'cdk8s-ci-deploy': '^0.1.0', 'cdk8s-plus-28': '^2.5.6', 'constructs': '^10.3.0' },
  devDependencies: { '@types/node': '^20.19.0', 'tsx': '^4.23.15', 'typescript': '~6.0.0' },
};

export const SCRIPTS = {
  access: 'tsx access.ts',
  synth: 'tsx main.ts',
  pipeline: 'cdk8s-ci-deploy pipeline',
  check: 'tsc --noEmit && cdk8s-ci-deploy pipeline --check',
};

export function packageJson({ app }: Answers): string {
  return `${JSON.stringify({ name: app, private: true, scripts: SCRIPTS, ...VERSIONS }, null, 2)}\n`;
}

export const TSCONFIG = `${JSON.stringify({
  compilerOptions: { target: 'ES2022', module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0', strict: true, skipLibCheck: true, noEmit: true, types: ['node'] },
  include: ['*.ts'],
}, null, 2)}\n`;

export const IGNORED = ['/dist/', '/node_modules/', '/public/', '/image.env', '/image.digest'];

export const GITIGNORE = `${IGNORED.join('\n')}\n`;

/** nginx without root, on the port that CiDeployment is told. */
export const HUGO_DOCKERFILE = `# The site was built by the job before; the image only serves it, as user 101 on port 8080.
FROM docker.io/nginxinc/nginx-unprivileged:1.29-alpine
COPY public/ /usr/share/nginx/html/
`;
