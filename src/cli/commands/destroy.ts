import { ExitCode } from '../base/exit-code';
import type { Option } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { SESSION_OPTIONS } from '../deploy/deploy-session';
import { destroy as destroyApplication } from '../deploy/destroy';
import { summaryJson, summaryText } from '../deploy/report/summary';

const OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['prune-data', { summary: 'remove claims of volumes, too' }],
  ['pull-secret', { takes: 'NAME', summary: 'the Secret of the option of that name of deploy (default: looked for by its label)' }],
  ['dry-run', { summary: 'say what would be removed' }],
  ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
];

/**
 * Removes everything that the releases of an application have in the cluster.
 */
export const destroy: Command = {
  name: 'destroy',
  summary: 'remove what the releases of an application have in the cluster, from the record alone',
  operands: [],
  required: 0,
  description: [
    'What `on_stop` of a review app runs: no manifests are needed. Removed is what the record has and what still is the application\'s own,',
    'and then the record itself. Claims of volumes stay unless --prune-data is given, and the record with them; they lose the label of their owner, so',
    'that another application can adopt them (deploy --adopt). Of a pull secret that other',
    'applications use, too, only what is this one\'s own is removed. A Secret that only has the label of the application is named, and stays.',
  ],
  options: new Map([...SESSION_OPTIONS, ...OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    const output = context.args.choice('output', ['text', 'json']);
    const summary = await destroyApplication(context);
    context.stdout.write(output === 'json' ? summaryJson(summary) : summaryText(summary, false));
    return ExitCode.DONE;
  },
};
