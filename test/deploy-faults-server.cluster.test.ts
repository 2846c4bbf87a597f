import { configMap } from './cluster/application';
import { askKubectl } from './cluster/ask-kubectl';
import { Deployer } from './cluster/deployer';
import { deployAs } from './cluster/deploying';
import { answering, Fault } from './cluster/faults';
import { makeDisturbed, onDisturbedKwokOfItsOwn, proxy } from './cluster/on-disturbed-kwok';
import { cluster } from './cluster/on-kwok';
import { fastClock } from './soak/jobs';
import { isIn, PhaseName, placeIn } from './soak/passing-faults';
import { TwoVersions, Version } from './soak/two-versions';
import { releaseName } from '../src/release/release-names';

onDisturbedKwokOfItsOwn();

const NAME = releaseName({ project: 'local', environment: 'production', app: 'web' });

let deployer: Deployer;
let versions: TwoVersions;

beforeAll(async () => {
  deployer = makeDisturbed('disturbed');
  versions = await TwoVersions.deploy(deployer);
});

/** What somebody else does right before a request arrives. */
const meanwhile = (...args: string[]): Fault => async (exchange) => {
  const { status, stderr } = await askKubectl(cluster.kubeconfig, ['-n', deployer.namespace, ...args]);
  if (status !== 0) throw new Error(stderr);
  await exchange.pass();
};

test.each<PhaseName>(['the dry run', 'the apply', 'the wait'])('%s survives an API server that is killed and started again', async (phase) => {
  const met = placeIn(proxy, [phase], async (exchange) => {
    await cluster.stopApiServer();
    exchange.cut();
    await cluster.startApiServer();
  });
  versions.expectUndisturbed(await versions.other());
  expect(met[phase]).toBe(1);
});

test.each<[string, PhaseName, (before: Version) => string[]]>([
  ['a label on the record', 'the record before the apply', () => ['label', 'secret', NAME, '--overwrite', 'backup=first']],
  ['a label on the record', 'the final record', () => ['label', 'secret', NAME, '--overwrite', 'backup=second']],
  ['a label on the Lease', 'the acquisition of the Lease', () => ['label', 'lease', NAME, '--overwrite', 'backup=first']],
  ['a label on the Lease', 'the release of the Lease', () => ['label', 'lease', NAME, '--overwrite', 'backup=second']],
  ['an object that was deleted', 'the pruning', (before) => ['delete', 'configmap', `only-${before}`]],
])('%s meanwhile, at %s, does not change the result', async (_, phase, args) => {
  const met = placeIn(proxy, [phase], meanwhile(...args(versions.current)));
  versions.expectUndisturbed(await versions.other());
  expect(met[phase]).toBe(1);
});

/** Several objects are applied at once, so a fault of one object needs the request of this object. */
const APPLY_OF_CHANGED = { method: 'PATCH', path: /\/configmaps\/changed\?(?!.*dryRun)/ };

test('an object that was deleted meanwhile is applied', async () => {
  const placed = proxy.place(meanwhile('delete', 'configmap', 'changed'), APPLY_OF_CHANGED);
  versions.expectUndisturbed(await versions.other());
  expect(placed.met).toBe(1);
});

test('a field that somebody else changed meanwhile stays theirs without --force-conflicts', async () => {
  proxy.place(meanwhile('patch', 'configmap', 'changed', '-p', '{"data":{"version":"c"}}', '--field-manager', 'somebody'), APPLY_OF_CHANGED);
  expect(await versions.other()).toMatchObject({ code: 1, stderr: expect.stringContaining('changes were made') });
  proxy.reset();
  expect(await versions.again()).toMatchObject({ code: 1, stderr: expect.stringContaining('ConfigMap changed: "somebody" manages .data.version') });
  versions.expectUndisturbed(await versions.again({ options: ['--force-conflicts'] }));
});

test('an object that another application took before it is pruned is kept', async () => {
  const pruned = `only-${versions.current}`;
  placeIn(proxy, ['the pruning'], async (exchange) => {
    await askKubectl(cluster.kubeconfig, ['-n', deployer.namespace, 'delete', 'configmap', 'only-a', 'only-b', '--ignore-not-found']);
    await askKubectl(cluster.kubeconfig, ['-n', deployer.namespace, 'create', '-f', '-'], { stdin: JSON.stringify(configMap(pruned)) });
    await exchange.pass();
  });
  await versions.other();
  expect(deployer.admin('get', 'configmap', pruned, '-o', 'name')).toBe(`configmap/${pruned}\n`);
  deployer.admin('delete', 'configmap', pruned);
  proxy.reset();
  versions.expectUndisturbed(await versions.again());
});

test('a deployed release whose pruning fails keeps its pull credentials', async () => {
  const pulling = makeDisturbed('pruning-fails');
  const job = (password: string) => ({ variables: { CI_REGISTRY: 'registry.example.com', CI_DEPLOY_USER: 'ci', CI_DEPLOY_PASSWORD: password } });
  const [kept, pruned] = [configMap('kept'), configMap('pruned')];
  expect(await deployAs(pulling, job('gldt-first'), [kept, pruned], '--pull-secret', 'gitlab')).toMatchObject({ code: 0 });
  placeIn(proxy, ['the pruning'], answering(403, { message: 'not today' }), Infinity);
  const { code, stderr } = await deployAs(pulling, job('gldt-second'), [kept], '--pull-secret', 'gitlab', '--rollback-on-failure');
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('the release is deployed; some objects that are no longer in it could not be deleted') });
  const config = pulling.admin('get', 'secret', 'gitlab', '-o', 'jsonpath={.data.\\.dockerconfigjson}');
  expect(Buffer.from(config, 'base64').toString()).toContain('gldt-second');
});

test.each(['--no-rollback-on-failure', '--rollback-on-failure'])('a token that expires half-way ends the deployment with exit code 3, and the next run completes it (%s)', async (option) => {
  let isExpired = false;
  proxy.place((exchange) => {
    isExpired ||= isIn('the apply', proxy.requests);
    return isExpired ? answering(401, { message: 'Unauthorized' })(exchange) : exchange.pass();
  }, { times: Infinity });
  const { code, stderr } = await versions.other({ options: [option] });
  expect({ code, stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(new RegExp([
      /\d of \d+ changes were made.*; the server no longer accepts the credential \(401\), so the release is neither rolled back nor recorded as failed\n/,
      /renew the credential, then run `cdk8s-ci-deploy deploy` again to continue, or `cdk8s-ci-deploy rollback` to restore release \d+\n/,
      /cdk8s-ci-deploy: [^\n]* 401: [^\n]*\n$/,
    ].map(({ source }) => source).join(''))),
  });
  expect(stderr.match(/the API server says 401/g)).toHaveLength(1);
  proxy.reset();
  versions.expectUndisturbed(await versions.again({ clock: fastClock(3) }));
});
