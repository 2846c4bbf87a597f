import type { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import { DEPLOY_OPTIONS } from '../deploy/deploy-options';
import { SESSION_OPTIONS } from '../deploy/deploy-session';
import { DEPLOY_VARIABLES } from '../deploy/history/release-options';
import { REPORT_DESCRIPTION } from '../deploy/report/report-output';
import { rollBack } from '../deploy/roll-back';

const OPTIONS: Options = [
  ['to', { takes: 'NUMBER', summary: 'the release, by its number in `history` (default: the deployed release before the current one)' }],
  ['allow-registry', { takes: 'PREFIX', many: true, summary: 'a registry that images may come from; in CI, CI_REGISTRY_IMAGE is one, too (default: any)' }],
];

/**
 * Applies the recorded manifests of an earlier release again.
 */
export const rollback: Command = {
  name: 'rollback',
  summary: 'restore an earlier release from its record',
  operands: [],
  required: 0,
  description: [
    'Applies the recorded manifests of an earlier release, waits until it is ready, and deletes the objects that it does not have.',
    '',
    'These objects stay as they are: Secrets, because their values are not recorded; Roles and RoleBindings; Jobs, which do not run again.',
    '',
    'Recorded manifests pass the same checks as those of deploy. Images were checked when they were deployed, so by default they may come from any',
    'registry. A tag that was pushed again since then is another image now.',
    '',
    ...REPORT_DESCRIPTION,
  ],
  examples: [
    { line: 'cdk8s-ci-deploy rollback --app web --environment production', does: 'Restore the release before the current one' },
    { line: 'cdk8s-ci-deploy rollback --app web --environment production --to 12 --dry-run', does: 'Show what release 12 would change' },
  ],
  variables: new Map([...DEPLOY_VARIABLES, ['CI_COMMIT_REF_SLUG, CI_COMMIT_TAG, CI_REGISTRY_IMAGE', 'for the check of images, as in deploy']]),
  options: new Map([...SESSION_OPTIONS, ...OPTIONS, ...DEPLOY_OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    return rollBack(context);
  },
};
