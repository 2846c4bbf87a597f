import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { AGENT, answersOf, EMPTY_FOLDER, OIDC } from './examples';
import { accessProgram, literal, mainProgram, objectLiteral, targetsModule, targetsProgram } from '../../../src/cli/init/programs';

test('a literal evaluates to its text', () => {
  const texts = fc.sample(fc.string({ unit: 'binary' }), 500);

  expect([...runInNewContext(`[${texts.map(literal).join(',')}]`)]).toEqual(texts);
});

test('an object literal leaves out undefined fields', () => {
  expect(objectLiteral({ a: '1', b: undefined, c: literal("it's") })).toBe("{ a: 1, c: 'it\\'s' }");
});

test('targets.ts has the application and a row for each target', () => {
  expect(targetsProgram(answersOf())).toMatch(/^export const app = 'web';$[^]*^ {2}\{ environment: 'production', namespace: 'web', protectedRefsOnly: true \},$/m);
});

test('an ECMAScript module imports the compiled file of targets.ts', () => {
  expect([targetsModule(true), targetsModule(false)]).toEqual(['./targets.js', './targets']);
});

describe('access.ts', () => {
  test.each([
    ['has no identity for a kubeconfig', answersOf(), "import { NamespaceDeployer } from 'cdk8s-ci-deploy';", ''],
    ['names the ServiceAccount of an agent', answersOf({ credential: AGENT }), "import { DeployerIdentity, NamespaceDeployer } from 'cdk8s-ci-deploy';",
      "    identity: DeployerIdentity.gitlabAgent({ serviceAccountNamespace: 'gitlab-agent', serviceAccountName: 'production' }),\n"],
    ['names the project of an id_token', answersOf({ credential: OIDC }), "import { DeployerIdentity, NamespaceDeployer } from 'cdk8s-ci-deploy';",
      "    identity: DeployerIdentity.oidc({ projectId: 42, issuer: 'https://gitlab.example.com', audience: 'kubernetes-web' }),\n"],
  ])('%s', (_, answers, imports, identity) => {
    const program = accessProgram(answers, EMPTY_FOLDER);

    expect(program).toContain(`${imports}\n`);
    expect(program).toContain(`    createNamespace: true,\n    namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },\n${identity}  });\n`);
  });

  test('sets no level of pod security for an existing manifest', () => {
    expect(accessProgram(answersOf(), { ...EMPTY_FOLDER, manifest: { file: 'deployment.yml', placeholder: 'IMAGE' } })).not.toContain('pod-security');
  });
});

describe('main.ts', () => {
  test('has a CiDeployment with the image of the pipeline', () => {
    expect(mainProgram(answersOf(), EMPTY_FOLDER)).toContain(`  new CiDeployment(new NamespacedChart(program, app, { namespace }), app, {
    environment,
    port: 8080,
    servicePort: 80,
    image: CiImage.fromGitlab({ local: \`\${app}:local\` }),
  });
`);
  });

  test('has a ManifestTemplate for an existing manifest', () => {
    const program = mainProgram(answersOf(), { ...EMPTY_FOLDER, manifest: { file: 'k8s.yml', placeholder: '__IMAGE__' } });

    expect(program).toMatch(/^import \{ CiImage, ManifestTemplate, NamespacedChart \} from 'cdk8s-ci-deploy';$/m);
    expect(program).toContain("    file: 'k8s.yml',\n    placeholder: '__IMAGE__',\n    image: ");
  });

  test('allows the repository of a prebuilt image', () => {
    const answers = answersOf({ builder: { kind: 'prebuilt', reference: 'registry.example.com/shared/web:1.4.2' } });

    expect(mainProgram(answers, EMPTY_FOLDER)).toContain("allowedRegistries: ['registry.example.com/shared/web'] }");
  });
});
