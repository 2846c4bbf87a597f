import { connectCluster } from '../cluster/connect';
import { credentialConnection, jobCredential } from '../cluster/credential';
import type { Command, Context } from '../command';
import { Owner } from '../deploy/owner';
import { planRelease } from '../deploy/plan';
import { readRelease } from '../deploy/read-release';
import { identityOf } from '../deploy/record/identity';
import { rollOut } from '../deploy/roll-out';
import { summaryJson, summaryText } from '../deploy/summary';
import { parseDuration } from '../duration';
import { ExitCode } from '../exit-code';

/**
 * Applies manifests as one release: whole or not at all.
 */
export const deploy: Command = {
  name: 'deploy',
  summary: 'apply manifests as one release, wait until it is ready, and undo it when it fails',
  operands: ['FILE|FOLDER|-...'],
  required: 1,
  description: ['x'],
  options: new Map([
    ['app', { takes: 'NAME', summary: 'the application, which is part of whose release it is' }],
    ['environment', { takes: 'NAME', summary: 'the environment (default: CI_ENVIRONMENT_NAME)' }],
    ['kubeconfig', { takes: 'FILE|-', summary: 'the credential (default: the variable KUBECONFIG)' }],
    ['adopt', { summary: 'x' }],
    ['force-conflicts', { summary: 'x' }],
    ['recursive', { summary: 'x' }],
    ['allow-empty', { summary: 'x' }],
    ['allow-mutable-tag', { summary: 'accept no tag, latest, and the name of the branch' }],
    ['allow-registry', { takes: 'PREFIX', many: true, summary: 'where images may come from (default: in CI, CI_REGISTRY_IMAGE)' }],
    ['timeout', { takes: 'TIME', summary: 'x' }],
    ['dry-run', { summary: 'x' }],
    ['diff', { summary: 'x' }],
    ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, stderr, variables, clock, signal } = context;
    const begun = clock.now();
    const output = args.choice('output', ['text', 'json']);
    const identity = identityOf(context);
    const budget = parseDuration('--timeout', args.one('timeout') ?? '10m') * 1000;
    const { kubeconfig, folder } = await jobCredential(context, { kubeconfig: args.one('kubeconfig') });
    const { namespace } = kubeconfig;
    const images = { allowMutableTag: args.has('allow-mutable-tag'), allowedRegistries: args.has('allow-registry') ? args.all('allow-registry') : undefined };
    const objects = await readRelease(args.operands, files, {
      namespace, images, variables, recursive: args.has('recursive'), allowEmpty: args.has('allow-empty'),
    });
    const cluster = connectCluster(credentialConnection(kubeconfig, files, folder), { variables, clock, signal });
    try {
      const options = { namespace, owner: new Owner(identity, namespace), adopt: args.has('adopt'), forceConflicts: args.has('force-conflicts') };
      const steps = await planRelease(cluster, objects, options);
      const isDryRun = args.has('dry-run');
      if (!isDryRun) {
        await rollOut(cluster, steps, { ...options, budget, clock, signal, progress: ({ workload, words }) => stderr.write(`${workload}: ${words}\n`), written: () => undefined });
      }
      const summary = { isDryRun, steps, removed: [], elapsed: clock.now() - begun };
      stdout.write(output === 'json' ? `${JSON.stringify(summaryJson(summary), null, 2)}\n` : summaryText(summary, args.has('diff')));
      return ExitCode.DONE;
    } finally {
      cluster.close();
    }
  },
};
