import { basename } from 'node:path';
import { FORM_NAMES, FormName, inForm } from './credential-forms';
import { Destination, NOTHING_KNOWN } from './destination';
import { isCi } from '../../private/ci-variables';
import { refusal } from '../../private/invalid-input';
import type { Option } from '../arguments';
import type { Context } from '../command';
import type { Files } from '../files';
import type { Output } from '../host';

/** The options that keep a credential on this machine. */
export const LOCAL_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['file', { takes: 'FILE', summary: 'write the credential into a new file that only you can read' }],
  ['format', { takes: 'yaml|json|base64', summary: 'the form of the credential in --file or --output - (default: yaml)' }],
  ['force', { summary: 'replace FILE of --file when it exists' }],
];

/**
 * The destination on this machine that the options name, if they do.
 *
 * @throws A refusal when they name two, when the file exists, or when standard output is that of a CI job.
 */
export function localDestination(context: Context, { replace = false } = {}): Destination | undefined {
  const { args, files, stdout } = context;
  checkLocalOptions(context);
  const form = args.choice('format', FORM_NAMES);
  const file = args.one('file');
  const force = replace || args.has('force');
  if (file !== undefined) {
    if (!force) files.checkNew(file);
    return toFile(files, file, form, force);
  }
  return args.one('output') === '-' ? toStandardOutput(stdout, form) : undefined;
}

/**
 * Refuses combinations that say two things, and a credential on a CI job's standard output, which is its log.
 *
 * @param hasSecret Whether there is a token in the credential itself.
 */
export function checkLocalOptions({ args, variables }: Pick<Context, 'args' | 'variables'>, { hasSecret = true } = {}): void {
  const [file, toStdout] = [args.one('file'), args.one('output') === '-'];
  if (file === '-') throw refusal({ at: '--file', given: 'it is "-"', expected: 'the name of a file', fix: 'use --output - for standard output' });
  if (args.has('force') && file === undefined) {
    throw refusal({ at: '--force', given: 'there is no --file', expected: 'both', fix: 'name the file, or leave --force out' });
  }
  if (!toStdout) return;
  if (file !== undefined) throw refusal({ at: '--output', given: 'it is "-" and there is a --file', expected: 'one of them', fix: 'decide for one' });
  if (hasSecret && isCi(variables)) {
    throw refusal({ at: '--output', given: 'it is "-" in a CI job', expected: 'no secret in its log', fix: 'write it into a file by --file' });
  }
}

function toFile(files: Files, file: string, form: FormName, force: boolean): Destination {
  return {
    description: `file ${file}, readable by you alone`,
    identity: async () => `file ${basename(file)}`,
    check: async () => NOTHING_KNOWN,
    store: async (kubeconfig, said) => {
      files.write(file, inForm(kubeconfig, form), { secret: true, force });
      said(`${file}: written as ${form}, readable by you alone`);
    },
  };
}

function toStandardOutput(stdout: Output, form: FormName): Destination {
  return {
    description: 'standard output',
    identity: async () => 'standard output',
    check: async () => NOTHING_KNOWN,
    store: async (kubeconfig, said) => {
      stdout.write(inForm(kubeconfig, form));
      said(`written to standard output as ${form}`);
    },
  };
}
