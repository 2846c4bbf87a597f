import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configMap, deployment, manifests, secret, service } from './cluster/application';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy } from './cluster/deploying';
import { FaultProxy } from './cluster/fault-proxy';
import { answerCut, answering, answerLost, cutAfter, cutBefore, Fault } from './cluster/faults';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';

jest.setTimeout(300_000);

let cluster: ControlPlane;
let proxy: FaultProxy;

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  proxy = await FaultProxy.inFrontOf(cluster.kubeconfig);
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

const VERSIONS = ['1', '2'] as const;

/** Two releases that have some objects in common, and each some of its own. */
function application(version: string): object[] {
  return [
    configMap('common', { version }), configMap(`only-${version}`), secret('common', { version: `secret-${version}` }), service('web'),
    deployment('web', { image: `registry.example.com/web:${version}` }),
  ];
}

/** What of the release is in the cluster, as far as its manifests say it. */
function state({ admin }: Deployer): string {
  return admin('get', 'configmaps,secrets,services,deployments', '-l', 'cdk8s-ci-deploy/part-of', '-o',
    'jsonpath={range .items[*]}{.kind} {.metadata.name} {.data.version} {.spec.template.spec.containers[*].image}{"\\n"}{end}');
}

function expected(version: string): string {
  return [
    `ConfigMap common ${version} `, `ConfigMap only-${version}  `, `Secret common ${Buffer.from(`secret-${version}`).toString('base64')} `, 'Service web  ',
    `Deployment web  registry.example.com/web:${version}`, '',
  ].join('\n');
}

/** Every so many requests. */
function every(count: number, fault: Fault): Fault {
  let seen = 0;
  return (exchange) => {
    seen += 1;
    return seen % count === 0 ? fault(exchange) : exchange.pass();
  };
}

describe('faults on the way', () => {
  let deployer: Deployer;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'faults', { server: proxy.url, certificateAuthority: proxy.certificateAuthority });
  });

  test.each<[string, Fault]>([
    ['429 with Retry-After', answering(429, { retryAfter: 0 })],
    ['429 without Retry-After', answering(429)],
    ['503 without Retry-After', answering(503)],
    ['500 of an etcd without a leader', answering(500, { message: 'etcdserver: leader changed' })],
    ['502 in HTML', answering(502, { html: true })],
    ['connections that are cut before a request', cutBefore],
    ['answers that are lost', answerLost],
    ['answers that are cut', answerCut],
    ['connections that are cut after an answer', cutAfter],
  ])('%s change nothing of the end', async (_, fault) => {
    for (const version of VERSIONS) {
      proxy.reset();
      proxy.place(every(3, fault), { times: Infinity });
      const result = await deploy(deployer, application(version));
      expect(result).toMatchObject({ code: 0 });
      expect(state(deployer)).toBe(expected(version));
    }
    expect(deployer.admin('get', 'leases', '-o', 'jsonpath={.items[*].spec.holderIdentity}')).toBe('');
  });
});

describe('a job that is killed', () => {
  let deployer: Deployer;
  let folder: string;

  beforeAll(() => {
    deployer = makeDeployer(cluster, 'killed', { server: proxy.url, certificateAuthority: proxy.certificateAuthority });
    folder = mkdtempSync(join(tmpdir(), 'killed-'));
    writeFileSync(join(folder, 'ci.kubeconfig'), deployer.kubeconfig);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Whether it was killed, and not done before that. */
  async function killedAfter(requests: number, version: string): Promise<boolean> {
    writeFileSync(join(folder, 'app.yaml'), manifests(...application(version)));
    const argv = ['deploy', 'app.yaml', '--app', 'web', '--environment', 'production', '--kubeconfig', 'ci.kubeconfig'];
    const job = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), join(__dirname, '..', 'src', 'cli', 'main.ts'), ...argv], { cwd: folder, stdio: 'ignore', env: {} });
    proxy.reset();
    proxy.place(async (exchange) => {
      // It is executed, and nobody learns of it.
      await exchange.forward();
      job.kill('SIGKILL');
    }, { nth: requests, times: Infinity });
    const [code, signal] = await once(job, 'exit') as [number | null, string | null];
    proxy.reset();
    expect(code ?? signal).toBe(signal === null ? 0 : 'SIGKILL');
    return signal !== null;
  }

  test('after any of its requests leaves nothing that the next one does not put right', async () => {
    expect(await deploy(deployer, application('1'))).toMatchObject({ code: 0 });
    let kills = 0;
    for (let version = '2'; await killedAfter(kills + 1, version); version = version === '1' ? '2' : '1') {
      kills += 1;
      // As when the time of the lock is over.
      deployer.admin('delete', 'leases', '--all');
      const result = await deploy(deployer, application(version));
      expect({ kills, code: result.code, state: state(deployer) }).toEqual({ kills, code: 0, state: expected(version) });
    }
    expect(kills).toBeGreaterThan(20);
  });
});
