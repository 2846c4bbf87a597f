import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeployCredential, DeployJob, ImageBuild, KubeconfigVariableOptions, Kubeconfig, KubeconfigPolicy, Synthesis } from '../../src';
import { needDebianPackages } from '../cluster/debian';
import { CA_DATA, CA_PEM, kubeconfigFile, SERVER, TOKEN } from '../support/kubeconfigs';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';
import { fileOf, PRODUCTION, REVIEW, STAGING } from '../support/pipelines';
import { JobMachine, Shell, SHELL_PACKAGES } from '../support/shells';

const COMMAND_TEXT = 'the command';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => mockSha256('the command') }));

function mockSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

beforeAll(() => {
  needDebianPackages(SHELL_PACKAGES);
  kubectl();
}, FETCH_TIMEOUT);

/** A kubectl that runs the real one for commands without a cluster, and has answers for the others. It reads all of its standard input. */
const kubectlOf = (answers: string) => `
cat > /dev/null
case "$*" in
  *'config view'*|*'config current-context') exec ${kubectl()} "$@" ;;
esac
echo "kubectl $*" >> "$LOG"
case "$*" in
${answers}
esac`;

const APPLIES = `  *--dry-run=server*) ;;
  *apply*) printf '%s\\n' serviceaccount/web deployment.apps/web service/web statefulset.apps/db ;;`;

describe.each<Shell>(['dash', 'busybox'])('in %s', (shell) => {
  let machine: JobMachine;

  beforeEach(() => {
    machine = new JobMachine(shell);
  });

  afterEach(() => machine.end());

  describe('a kubeconfig in a variable, for kubectl', () => {
    const job = (options: KubeconfigVariableOptions = {}) => fileOf({ deployJob: DeployJob.kubectl(), credential: DeployCredential.kubeconfigVariable(options) })['deploy-staging'];
    const fingerprint = new X509Certificate(CA_PEM).fingerprint256;
    // Copies the kubeconfig that kubectl reads, and logs the modes of the file and its folder.
    const keeping = `  *--dry-run*) cp "$KUBECONFIG" seen; stat -c '%a' "$KUBECONFIG" "\${KUBECONFIG%/*}" >> "$LOG" ;;\n${APPLIES}`;

    beforeEach(() => {
      machine.program('kubectl', kubectlOf(keeping));
    });

    const forms: Array<[string, () => string]> = [
      ['a file', () => {
        const file = join(machine.folder, 'KUBECONFIG');
        writeFileSync(file, kubeconfigFile());
        chmodSync(file, 0o666);
        return file;
      }],
      ['JSON', () => kubeconfigFile()],
      ['base64', () => Buffer.from(kubeconfigFile()).toString('base64')],
      ['base64 with line breaks', () => Buffer.from(kubeconfigFile()).toString('base64').replace(/.{76}/g, '$&\n')],
      ['YAML', () => Kubeconfig.parse(kubeconfigFile()).toYaml()],
    ];

    test.each(forms)('is read from %s, is readable by this job only, and is removed at the end', (_, variable) => {
      const { status, stdout, stderr } = machine.run(job(), { KUBECONFIG: variable() });

      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(Kubeconfig.parse(machine.read('seen')).token).toBe(TOKEN);
      expect(machine.log).toEqual(expect.arrayContaining(['600', '700']));
      expect(stdout).not.toContain(TOKEN);
      expect(existsSync(machine.jobFolder)).toBe(false);
    });

    test('is removed when the script has failed', () => {
      machine.program('kubectl', kubectlOf('  *) echo refused >&2; exit 1 ;;'));
      const { status, stderr } = machine.run(job(), { KUBECONFIG: kubeconfigFile() });

      expect({ status, stderr }).toEqual({ status: 1, stderr: 'refused\n' });
      expect(existsSync(machine.jobFolder)).toBe(false);
    });

    test.each([
      ['nothing', {}, 'the variable KUBECONFIG is not set for this environment and branch\n'],
      ['a text that is no base64', { KUBECONFIG: '/builds/no/such-file' }, /base64/],
      ['a kubeconfig without current context', { KUBECONFIG: kubeconfigFile({ root: { 'current-context': undefined } }) }, /current-context is not set/],
    ])('ends the job before any request when it is %s', (_, variables, said) => {
      const { status, stderr } = machine.run(job(), variables);

      expect(status).not.toBe(0);
      expect(stderr).toMatch(said);
      expect(machine.log).toEqual([]);
    });

    test('is not written to a folder that exists already', () => {
      mkdirSync(machine.jobFolder, { mode: 0o777 });
      const { status } = machine.run(job(), { KUBECONFIG: kubeconfigFile() });

      expect(status).not.toBe(0);
      expect(machine.log).toEqual([]);
    });

    test('is used for the pinned cluster', () => {
      const pinned = job({ server: SERVER, clusterCaSha256: ['00'.repeat(32), fingerprint] });

      expect(machine.run(pinned, { KUBECONFIG: kubeconfigFile() })).toMatchObject({ status: 0, stderr: '' });
    });

    test.each<[string, KubeconfigVariableOptions, Parameters<typeof kubeconfigFile>[0], string]>([
      ['another server', { server: SERVER }, { cluster: { server: 'https://203.0.113.8:6443' } }, 'KUBECONFIG is for another server'],
      ['another certificate', { clusterCaSha256: ['00'.repeat(32)] }, {}, 'KUBECONFIG is for a cluster with another certificate'],
      ['one certificate more', { clusterCaSha256: [fingerprint] }, {
        cluster: { 'certificate-authority-data': Buffer.from(CA_PEM + CA_PEM.replace('MIIBgT', 'MIIBgU')).toString('base64') },
      }, 'KUBECONFIG is for a cluster with another certificate'],
      ['the certificates of the system', { clusterCaSha256: [fingerprint] }, { cluster: { 'certificate-authority-data': undefined } }, 'KUBECONFIG is for a cluster with another certificate'],
    ])('is not used for %s', (_, pins, file, said) => {
      const { status, stderr } = machine.run(job(pins), { KUBECONFIG: kubeconfigFile(file) });

      expect({ status, stderr }).toEqual({ status: 1, stderr: `${said}\n` });
      expect(machine.log).toEqual([]);
    });

    test('is read from the chosen variable and not from KUBECONFIG', () => {
      const other = kubeconfigFile({ cluster: { server: 'https://203.0.113.9:6443' } });
      machine.run(job({ variable: 'KUBECONFIG_WEB' }), { KUBECONFIG: kubeconfigFile(), KUBECONFIG_WEB: other });

      expect(Kubeconfig.parse(machine.read('seen')).server).toBe('https://203.0.113.9:6443');
    });
  });

  describe('the context of an agent, for kubectl', () => {
    const agentFile = () => {
      const file = join(machine.folder, 'agents');
      const { clusters, users } = JSON.parse(kubeconfigFile());
      const contexts = ['group/infra:prod', 'group/infra:test'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } }));
      writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, users, contexts }));
      return { KUBECONFIG: file };
    };
    const job = (server: string) => fileOf({ deployJob: DeployJob.kubectl(), credential: DeployCredential.gitlabAgent({ agent: 'group/infra:prod', server }) })['deploy-staging'];

    test.each([[SERVER, 0], ['https://203.0.113.8:6443', 1]])('is compared with the server %s, so the job ends with status %i', (server, expected) => {
      machine.program('kubectl', kubectlOf(APPLIES));

      expect(machine.run(job(server), agentFile()).status).toBe(expected);
      expect(machine.log[0] ?? '').toMatch(expected === 0 ? /^kubectl --context group\/infra:prod --namespace example-staging apply/ : /^$/);
    });
  });

  describe('the token of the job', () => {
    const credential = DeployCredential.idToken({ audience: 'cluster-1', server: SERVER, certificateAuthorityData: CA_DATA });
    const job = fileOf({ deployJob: DeployJob.kubectl(), credential })['deploy-staging'];

    test('is written beside a kubeconfig that names it, readable by this job only', () => {
      machine.program('kubectl', kubectlOf(`  *--dry-run*) cp -r ${machine.jobFolder} seen; stat -c %a ${machine.jobFolder} ${machine.jobFolder}/* >> "$LOG" ;;\n${APPLIES}`));
      const { status, stdout, stderr } = machine.run(job, { KUBE_ID_TOKEN: TOKEN });

      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(machine.read('seen/token')).toBe(TOKEN);
      expect(Kubeconfig.parse(machine.read('seen/config'), KubeconfigPolicy.stored({ allowTokenFile: true }))).toMatchObject({ server: SERVER, namespace: 'example-staging', tokenFile: 'token' });
      expect(machine.log.slice(1, 4)).toEqual(['700', '600', '600']);
      expect(stdout).not.toContain(TOKEN);
      expect(existsSync(machine.jobFolder)).toBe(false);
    });

    test('must be set', () => {
      expect(machine.run(job)).toMatchObject({ status: 1, stderr: 'GitLab has set no KUBE_ID_TOKEN\n' });
    });
  });

  describe('a deployment by kubectl', () => {
    const job = fileOf({ deployJob: DeployJob.kubectl({ rolloutTimeout: '2m' }) })['deploy-staging'];
    const variables = { KUBECONFIG: kubeconfigFile() };
    const rollouts = () => machine.log.filter((line) => line.includes('rollout'));
    const waits = ['deployment.apps/web', 'statefulset.apps/db'].map((name) => `kubectl --namespace example-staging rollout status --timeout 120s ${name}`);

    test('waits for the rollout of each workload', () => {
      machine.program('kubectl', kubectlOf(APPLIES));
      const { status, stdout } = machine.run(job, variables);

      expect(status).toBe(0);
      expect(stdout).toContain('service/web\nstatefulset.apps/db\n');
      expect(rollouts()).toEqual(waits);
    });

    test('fails after it has waited for all rollouts', () => {
      machine.program('kubectl', kubectlOf(`${APPLIES}\n  *rollout*deployment.apps/web) echo 'timed out' >&2; exit 1 ;;`));
      const { status, stderr } = machine.run(job, variables);

      expect({ status, stderr }).toEqual({ status: 1, stderr: 'timed out\nnot rolled out: deployment.apps/web\n' });
      expect(rollouts()).toEqual(waits);
    });

    test.each([['the dry run', '--dry-run=server'], ['the apply', '--output name']])('waits for no rollout when %s has failed', (_, failing) => {
      machine.program('kubectl', kubectlOf(`  *'${failing}'*) exit 1 ;;\n${APPLIES}`));

      expect(machine.run(job, variables).status).toBe(1);
      expect(rollouts()).toEqual([]);
    });

    test('waits for no rollout without a workload', () => {
      machine.program('kubectl', kubectlOf('  *--dry-run=server*) ;;\n  *apply*) echo configmap/web ;;'));

      expect(machine.run(job, variables)).toMatchObject({ status: 0, stderr: '' });
      expect(rollouts()).toEqual([]);
    });
  });

  describe('an image job', () => {
    const variables = {
      CI_REGISTRY: 'registry.example.com',
      CI_REGISTRY_IMAGE: 'registry.example.com/team/web',
      CI_REGISTRY_USER: 'job',
      CI_REGISTRY_PASSWORD: 'hunter2-secret',
      CI_COMMIT_SHORT_SHA: '0123abcd',
      CI_COMMIT_TAG: 'v1; $(id) "x"',
    };
    const digest = `sha256:${'5e'.repeat(32)}`;
    const reference = () => `registry.example.com/team/web:0123abcd-77-${machine.jobId}`;
    const report = () => `IMAGE=${reference()}@${digest}\nIMAGE_PIPELINE_ID=77\n`;
    const LOGIN = '  *login*) cat > password ;;';
    const metadata = (text: string) => `  *"buildx build"*) cat > image.json << 'END'\n${text}\nEND\n ;;`;

    test('with buildah writes the pushed image to its report', () => {
      machine.program('buildah', `echo "$*" >> "$LOG"; case "$*" in\n${LOGIN}\n *push*) echo "$REGISTRY_AUTH_FILE" >> "$LOG"; printf '%s' ${digest} > image.digest ;; esac`);
      const { status, stdout, stderr } = machine.run(fileOf({ imageBuild: ImageBuild.buildah({ buildArguments: { VERSION: '$CI_COMMIT_TAG' } }) }).container, variables);

      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(machine.read('image.env')).toBe(report());
      expect(machine.read('password')).toBe('hunter2-secret');
      expect(machine.log).toEqual([
        'login --username job --password-stdin registry.example.com',
        `build --pull --build-arg VERSION=v1; $(id) "x" --tag ${reference()} .`,
        `push --digestfile image.digest ${reference()}`,
        `${machine.jobFolder}/auth.json`,
      ]);
      expect(existsSync(machine.jobFolder)).toBe(false);
    });

    test('with buildah writes no report when the push fails', () => {
      machine.program('buildah', 'case "$*" in *login*) cat > /dev/null ;; *push*) exit 125 ;; esac');

      expect(machine.run(fileOf().container, variables).status).toBe(125);
      expect(machine.read('image.env')).toBe('');
    });

    // A function, because sleep is built into the shell of busybox.
    const dockerJob = { ...fileOf({ imageBuild: ImageBuild.docker() }).container, before_script: ['sleep() { :; }'] };
    const docker = (answers: string) => `echo "$*" >> "$LOG"; case "$*" in\n${answers}\n${LOGIN}\nesac`;

    const said = {
      'buildx.build.ref': 'default/default/x',
      'containerimage.config.digest': `sha256:${'00'.repeat(32)}`,
      'containerimage.descriptor': { digest: `sha256:${'11'.repeat(32)}` },
      'containerimage.digest': digest,
      'image.name': 'x',
    };

    test.each([['in lines', JSON.stringify(said, null, 2)], ['in one line', JSON.stringify(said)]])('with docker writes the image from the metadata of buildx to its report, %s', (_, text) => {
      machine.program('docker', docker(`${metadata(text)}\n  version) test -f ready || { touch ready; exit 1; } ;;`));
      machine.program('touch', ': > "$1"');
      const { status, stdout, stderr } = machine.run(dockerJob, variables);

      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(machine.read('image.env')).toBe(report());
      expect(machine.log.slice(0, 3)).toEqual(['version', 'version', 'login --username job --password-stdin registry.example.com']);
      expect(machine.log[3]).toBe(`buildx build --pull --push --metadata-file image.json --tag ${reference()} .`);
      expect(existsSync(machine.jobFolder)).toBe(false);
    });

    test('with docker fails without a digest', () => {
      machine.program('docker', docker(metadata('{}')));

      expect(machine.run(dockerJob, variables)).toMatchObject({ status: 1, stderr: 'buildx did not report the digest of the pushed image\n' });
      expect(machine.read('image.env')).toBe('');
    });

    test('with docker waits at most a minute for its daemon', () => {
      machine.program('docker', 'echo "$*" >> "$LOG"; echo no daemon >&2; exit 1');

      expect(machine.run(dockerJob, variables)).toMatchObject({ status: 1, stderr: 'no daemon\n' });
      expect(machine.log).toHaveLength(61);
    });
  });

  describe('the command', () => {
    const job = fileOf()['deploy-staging'];

    function handOn(text: string): void {
      mkdirSync(join(machine.checkout, 'dist', '77'), { recursive: true });
      writeFileSync(join(machine.checkout, 'dist', '77', 'cdk8s-ci-deploy.cjs'), text);
      machine.program('node', 'echo "$*" >> "$LOG"');
    }

    test('is run when it has the SHA-256 in the file', () => {
      handOn(COMMAND_TEXT);

      expect(machine.run(job)).toMatchObject({ status: 0, stderr: '' });
      expect(machine.log).toEqual(['dist/77/cdk8s-ci-deploy.cjs deploy dist/77/staging --app web --junit cdk8s-ci-deploy.xml --dotenv cdk8s-ci-deploy.env']);
    });

    test('is not run when it has another SHA-256', () => {
      handOn(`${COMMAND_TEXT}, and more`);

      expect(machine.run(job).status).toBe(1);
      expect(machine.log).toEqual([]);
    });

    test('is run after the report of an older pipeline is removed', () => {
      handOn(COMMAND_TEXT);
      writeFileSync(join(machine.checkout, 'cdk8s-ci-deploy.xml'), 'old');
      machine.run(job);

      expect(machine.read('cdk8s-ci-deploy.xml')).toBe('');
    });
  });

  describe('synthesis', () => {
    const job = fileOf({ targets: [STAGING, PRODUCTION, REVIEW], synthesis: Synthesis.job({ script: [] }) }).synth;

    beforeEach(() => {
      for (const name of ['staging', 'production', 'review']) mkdirSync(join(machine.checkout, 'dist', name), { recursive: true });
      mkdirSync(join(machine.checkout, 'node_modules', 'cdk8s-ci-deploy', 'lib', 'cli'), { recursive: true });
      writeFileSync(join(machine.checkout, 'node_modules', 'cdk8s-ci-deploy', 'lib', 'cli', 'main.js'), COMMAND_TEXT);
    });

    const isHandedOn = (name: string) => existsSync(join(machine.checkout, 'dist', '77', name));

    test.each([
      ['a branch', {}, ['staging', 'production']],
      ['a merge request', { CI_MERGE_REQUEST_IID: '12' }, ['review']],
    ])('passes on the manifests that the pipeline of %s deploys', (_, variables, handedOn) => {
      expect(machine.run(job, variables)).toMatchObject({ status: 0, stderr: '' });
      expect(['staging', 'production', 'review'].filter(isHandedOn)).toEqual(handedOn);
      expect(readFileSync(join(machine.checkout, 'dist', '77', 'cdk8s-ci-deploy.cjs'), 'utf8')).toBe(COMMAND_TEXT);
    });

    test('fails when the program has not written the manifests of a target', () => {
      expect(machine.run(fileOf({ synthesis: Synthesis.job({ script: ['mv dist/staging dist/stagging'] }) }).synth).status).not.toBe(0);
    });
  });
});
