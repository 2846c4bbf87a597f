import type { ExitCode } from '../base/exit-code';
import type { Option } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { DEPLOY_OPTIONS } from '../deploy/deploy-options';
import { SESSION_OPTIONS } from '../deploy/deploy-session';
import { REPORT_DESCRIPTION } from '../deploy/report/report-output';
import { rollBack } from '../deploy/roll-back';

const OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['to', { takes: 'NUMBER', summary: 'the release, as `history` numbers them (default: the one before that was deployed)' }],
  ['allow-registry', { takes: 'PREFIX', many: true, summary: 'where its images may come from (default: anywhere, as they were checked when it was deployed)' }],
];

/**
 * Applies the manifests of an earlier release again, as they were recorded.
 */
export const rollback: Command = {
  name: 'rollback',
  summary: 'put an earlier release back, from the record alone',
  operands: [],
  required: 0,
  description: [
    'Applies what was recorded of an earlier release, waits until it is ready, and removes what it does not have.',
    'Secrets stay as they are, since their values are not recorded; so do Roles and RoleBindings. Jobs are not run again.',
    '',
    'What is recorded passes the checks of `deploy` on manifests again, and the server\'s. Which images may be deployed was decided when it was; they must',
    'be image references, and come from --allow-registry where that is given. A tag that has been pushed anew since means another image by now.',
    '',
    ...REPORT_DESCRIPTION,
  ],
  options: new Map([...SESSION_OPTIONS, ...OPTIONS, ...DEPLOY_OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    return rollBack(context);
  },
};
