import { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import { SESSION_OPTIONS } from '../deploy/deploy-session';
import { destroy as destroyApplication } from '../deploy/destroy';
import { CHANGE_VARIABLES } from '../deploy/history/release-options';
import { summaryJson, summaryText } from '../deploy/report/summary';

const OPTIONS: Options = [
  ['prune-data', { summary: 'also delete PersistentVolumeClaims' }],
  ['pull-secret', { takes: 'NAME', summary: 'the Secret of --pull-secret of deploy (default: found by its label)' }],
  ['dry-run', { summary: 'show what would be deleted, and delete nothing' }],
  ['output', { takes: 'text|json', summary: 'the format of the result (default: text)' }],
];

/**
 * Deletes everything that the releases of an application have in the cluster.
 */
export const destroy: Command = {
  name: 'destroy',
  summary: 'delete all objects of an application by its record',
  operands: [],
  required: 0,
  description: [
    'For the on_stop job of a review app: it needs no manifests. It deletes the recorded objects that still belong to the application, then the record.',
    '',
    'PersistentVolumeClaims stay without --prune-data, and the record with them. So do objects with an annotation that keeps them, such as',
    'helm.sh/resource-policy: keep; see `cdk8s-ci-deploy help deploy`. They lose the owner label, so another application can adopt them (deploy --adopt).',
    '',
    'From a pull secret that other applications use, too, it removes only this application\'s credentials. A Secret that has the label of the application,',
    'but none of its credentials, stays, and a line names it.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy destroy --app web --environment review/my-branch', does: 'Delete a review app' },
    { line: 'cdk8s-ci-deploy destroy --app web --environment review/my-branch --dry-run', does: 'Show what would be deleted' },
  ],
  variables: CHANGE_VARIABLES,
  options: new Map([...SESSION_OPTIONS, ...OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    const output = context.args.choice('output', ['text', 'json']);
    const summary = await destroyApplication(context);
    if (output === 'json') context.stdout.raw(summaryJson(summary));
    else context.stdout.write(summaryText(summary, false));
    return ExitCode.DONE;
  },
};
