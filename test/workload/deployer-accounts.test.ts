import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CiDeployment, CiImage, DeployerIdentity, DeployerToken, NamespaceDeployer, NamespacedChart } from '../../src/index';
import { messageOf, rawObject, synth } from '../support/synth';

const TOKEN_SECRET = {
  apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'mine', annotations: { 'kubernetes.io/service-account.name': 'ci' } },
};

/** A chart in an app that also has the deployer `ci` of its namespace. */
function chartBesideDeployer(allowedServiceAccounts?: string[]): NamespacedChart {
  const app = new App();
  new NamespaceDeployer(new Chart(app, 'access'), 'gitlab', { namespace: 'example', identity: DeployerIdentity.serviceAccount({ name: 'ci' }) });
  return new NamespacedChart(app, 'web', { namespace: 'example', allowedServiceAccounts });
}

const image = CiImage.of('registry.example.com/web:1');

test.each<[string, (chart: NamespacedChart) => unknown, string]>([
  ['a CiDeployment', (chart) => new CiDeployment(chart, 'site', { image, serviceAccountName: 'ci' }), 'web/site/Deployment/Resource: spec.template.spec.serviceAccountName'],
  [
    'a Job of cdk8s-plus',
    (chart) => new kplus.Job(chart, 'job', { serviceAccount: kplus.ServiceAccount.fromServiceAccountName(chart, 'sa', 'ci'), containers: [{ image: 'a:1' }] }),
    'web/job/Resource: spec.template.spec.serviceAccountName',
  ],
  ['a token Secret', (chart) => rawObject(chart, 'secret', TOKEN_SECRET), 'web/secret: metadata.annotations["kubernetes.io/service-account.name"]'],
  ['a List', (chart) => rawObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [{ ...TOKEN_SECRET, metadata: { ...TOKEN_SECRET.metadata, namespace: 'example' } }] }), 'web/list/items[0]: metadata'],
])('%s with the account of the deployer is refused', (_, define, place) => {
  const chart = chartBesideDeployer();
  define(chart);
  const message = messageOf(() => synth(chart));
  expect(message).toContain(place);
  expect(message).toContain('is "ci", the ServiceAccount that deploys, expected an account with the rights of the workload alone');
  expect(message).toContain('(allowedServiceAccounts: ["ci"])');
});

test('an account that the chart allows by name is accepted', () => {
  const chart = chartBesideDeployer(['ci']);
  rawObject(chart, 'secret', TOKEN_SECRET);
  new CiDeployment(chart, 'site', { image, serviceAccountName: 'ci' });
  expect(synth(chart)).toHaveLength(2);
});

test('without a NamespaceDeployer in the app, the default name of its account is refused', () => {
  const chart = new NamespacedChart(new App(), 'web', { namespace: 'example' });
  new CiDeployment(chart, 'site', { image, serviceAccountName: 'gitlab-example' });
  expect(messageOf(() => synth(chart))).toContain('is "gitlab-example", the ServiceAccount that deploys');
});

test('the deployer of another namespace, and a deployer without an account, say nothing about an account', () => {
  const chart = chartBesideDeployer();
  const other = new NamespacedChart(chart.node.root as App, 'other', { namespace: 'other' });
  new NamespaceDeployer(new Chart(chart.node.root as App, 'agent'), 'agent', { namespace: 'other', identity: DeployerIdentity.gitlabAgent({ projectId: 1 }) });
  new CiDeployment(other, 'site', { image, serviceAccountName: 'gitlab-other' });
  new CiDeployment(other, 'second', { image, serviceAccountName: 'ci' });
  expect(synth(other)).toHaveLength(2);
});

test('a NamespaceDeployer in the chart may write the token Secret of its own account', () => {
  const chart = new NamespacedChart(new App(), 'access', { namespace: 'example' });
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'example', identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) });
  expect(synth(chart).map(({ kind }) => kind)).toContain('Secret');
});
