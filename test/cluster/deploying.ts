import { manifests } from './application';
import { ControlPlane } from './control-plane';
import { Deployer } from './deployer';
import { systemClock } from '../../src/cli/io/clock';
import { CliOptions, CliResult, runCli } from '../support/cli';

export interface ReleaseOptions extends CliOptions {
  readonly app?: string;
}

/**
 * Runs `deploy` with a job's credential in the folder of the test.
 */
export async function deploy(deployer: Deployer, objects: object[], ...options: string[]): Promise<CliResult> {
  return deployAs(deployer, {}, objects, ...options);
}

/**
 * Runs `deploy` with options: another application, a CI job, or a signal.
 */
export async function deployAs(deployer: Deployer, { app, ...around }: ReleaseOptions, objects: object[], ...options: string[]): Promise<CliResult> {
  return release(deployer, { app, ...around, files: { 'app.yaml': manifests(...objects) } }, 'deploy', 'app.yaml', ...options);
}

/**
 * Runs any command that works on a release.
 */
export async function release({ kubeconfig }: Deployer, { app = 'web', files, ...around }: ReleaseOptions, ...argv: string[]): Promise<CliResult> {
  const identity = ['--app', app, '--environment', 'production', '--kubeconfig', 'ci.kubeconfig'];
  return runCli([...argv, ...identity], { clock: systemClock, ...around, files: { ...files, 'ci.kubeconfig': kubeconfig } });
}

/**
 * The writes of the job in the API server's audit log, without dry runs, the Lease and the release history.
 */
export function writesOf(cluster: ControlPlane, namespace: string): string[] {
  return cluster.auditEvents()
    .filter(({ user }) => user.username === `system:serviceaccount:${namespace}:ci`)
    .filter(({ verb, requestURI }) => /^(?:create|patch|update|delete)$/.test(verb) && !requestURI.includes('dryRun'))
    .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource} ${objectRef?.name}`)
    .filter((write) => !/^(?:create|patch|update|delete) (?:leases|secrets) (?:undefined|cdk8s-ci-deploy-.*)$/.test(write));
}
