import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildJob, DeployCredential, DeployTarget, DeployJob, GitlabPipeline, Synthesis, type GitlabPipelineProps } from '../src';
import { runKubectl } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Processes } from './cluster/processes';
import { COMPILE_TIMEOUT, controlPlanePrograms, kubernetesVersion } from './cluster/programs';
import { startRegistry } from './cluster/registry';
import { JOB_USER, NAMESPACES, SiteDelivery } from './gitlab-ci/site-delivery';
import { AUDIENCE, Issuer, startIssuer } from './oidc/issuer';
import { oidcAccess } from './oidc/jobs';
import { ProjectVariable } from './pipeline/runner/pipeline-event';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { authenticationConfiguration, configurationVersion } from '../src/cli/access/oidc/authentication-configuration';
import { readAccess } from '../src/cli/access/read-access';

let processes: Processes;
let issuer: Issuer;
let cluster: ControlPlane;
let delivery: SiteDelivery;

beforeAll(async () => {
  kubectl();
  processes = new Processes();
  issuer = await startIssuer();
  cluster = await startTrustingCluster();
  const [dockerHub, project] = [await startRegistry(processes, { name: 'docker-hub' }), await startRegistry(processes, { name: 'project', user: JOB_USER })];
  delivery = SiteDelivery.prepare(cluster, { dockerHub: dockerHub.address, project: project.address });
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await cluster?.stop();
  await issuer?.close();
  await processes?.stop();
  delivery?.remove();
});

/** Starts a cluster that accepts id_tokens of project 42 in both namespaces of the example. */
async function startTrustingCluster(): Promise<ControlPlane> {
  const accesses = Object.values(NAMESPACES).map((namespace) => oidcAccess(issuer, namespace));
  const configuration = join(processes.folder, 'authentication.yaml');
  const programs = controlPlanePrograms();
  const served = { ...issuer, configurationVersion: configurationVersion(kubernetesVersion(programs)) };
  writeFileSync(configuration, authenticationConfiguration(readAccess(accesses[0]!, 'access.yaml').oidc!, served));
  const started = await startControlPlane(programs, { nodes: 'kwok', apiServerFlags: [`--authentication-config=${configuration}`] });
  for (const access of accesses) runKubectl(started.kubeconfig, ['apply', '--server-side', '-f', '-'], access);
  return started;
}

const credentials = {
  variable: () => ({ choice: DeployCredential.kubeconfigVariable(), variables: delivery.credentials }),
  base64: () => ({ choice: DeployCredential.kubeconfigVariable({ server: cluster.server }), variables: delivery.credentials.map(asBase64) }),
  idToken: () => ({
    choice: DeployCredential.idToken({ audience: AUDIENCE, server: cluster.server, certificateAuthorityData: Buffer.from(cluster.certificateAuthority).toString('base64') }),
    variables: [],
  }),
};

/** The same value as `grant --variable-type env_var` stores. */
function asBase64({ value, ...variable }: ProjectVariable): ProjectVariable {
  return { ...variable, value: Buffer.from(value).toString('base64'), variableType: 'env_var' };
}

const CHOICES: Array<[string, keyof typeof credentials, Partial<GitlabPipelineProps>]> = [
  ['manifests synthesized in the deploy jobs', 'variable', { synthesis: Synthesis.inDeployJob() }],
  ['kubectl, and a pinned kubeconfig in base64', 'base64', { deployJob: DeployJob.kubectl() }],
  ['an id_token', 'idToken', {}],
  ['an id_token, kubectl, and manifests synthesized in the deploy jobs', 'idToken', { synthesis: Synthesis.inDeployJob(), deployJob: DeployJob.kubectl({ image: 'node-and-kubectl:1' }) }],
];

test.each(CHOICES)('a pipeline with %s deploys to both environments and stops them', async (_, credential, choices) => {
  const { choice, variables } = credentials[credential]();
  delivery.repository.write('.gitlab-ci.yml', sitePipeline({ credential: choice, ...choices }));
  delivery.repository.commit('another pipeline');
  const pipeline = delivery.pipeline(variables, { idToken: (audience, { environment }) => issuer.token({ aud: audience, environment }) });
  const deployed = await pipeline.run();

  expect(deployed).toEqual(Object.fromEntries(Object.keys(deployed).map((name) => [name, expect.objectContaining({ status: 'success' })])));
  expect(Object.keys(deployed)).toEqual(expect.arrayContaining(['deploy-staging', 'deploy-production']));
  const { IMAGE } = pipeline.dotenv('container');
  expect(Object.values(NAMESPACES).map((namespace) => delivery.deployedImage(namespace))).toEqual([IMAGE, IMAGE]);

  expect(await pipeline.run({ jobs: ['stop-staging', 'stop-production'] })).toMatchObject({ 'stop-staging': { status: 'success' }, 'stop-production': { status: 'success' } });
  expect(Object.values(NAMESPACES).map((namespace) => delivery.deployedImage(namespace))).toEqual(['', '']);
  expect(Object.values(deployed).filter(({ id }) => existsSync(`/tmp/cdk8s-ci-deploy-${id}`))).toEqual([]);
});

function sitePipeline(choices: Partial<GitlabPipelineProps>): string {
  return new GitlabPipeline({
    app: 'web',
    targets: Object.entries(NAMESPACES).map(([environment, namespace]) => DeployTarget.of({ environment, namespace, stoppable: true })),
    buildJob: BuildJob.script({ image: 'hugo:1', script: ['hugo --minify'], artifacts: ['public'] }),
    ...choices,
  }).toYaml();
}
