import { basename } from 'node:path';
import { CREDENTIAL_FORMATS, CredentialFormat, formatCredential, parseCredential } from './credential-kubeconfig';
import type { ServiceAccountRef } from './credential-store';
import { Destination, StoredCredential, EMPTY_STATE } from './destination';
import { userError } from '../../base/user-error';
import { isCi } from '../../gitlab/ci-variables';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../kubernetes/token-claims';
import type { Output } from '../base/host';
import type { Option } from '../command-line/arguments';
import type { Context } from '../command-line/command';
import type { Files } from '../io/files';

/** The options that keep a credential on this machine. */
export const LOCAL_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['file', { takes: 'FILE', summary: 'write the credential into a new file that only you can read' }],
  ['format', { takes: 'yaml|json|base64', summary: 'the form of the credential in --file or --output - (default: yaml)' }],
  ['force', { summary: 'replace FILE of --file when it exists' }],
];

/**
 * What a file that is there already may be.
 */
export interface LocalOptions {
  /** The predecessor's. */
  readonly replace?: boolean;
  /** That of a credential of this account, which is left as it is. */
  readonly account?: ServiceAccountRef;
}

/**
 * The destination on this machine that the options name, if they do.
 *
 * @throws A refusal when they name two, when the file exists, or when standard output is that of a CI job.
 */
export async function localDestination(context: Context, { replace = false, account }: LocalOptions = {}): Promise<Destination | undefined> {
  const { args, files, stdout } = context;
  checkLocalOptions(context);
  const form = args.choice('format', CREDENTIAL_FORMATS);
  const file = args.one('file');
  const force = replace || args.has('force');
  if (file !== undefined) {
    const holds = force || !account ? undefined : await heldBy(files, file, account);
    if (!force && !holds) files.checkNew(file);
    return toFile({ files, file, form, force, holds });
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
  if (file === '-') throw userError({ at: '--file', given: 'it is "-"', expected: 'the name of a file', fix: 'use --output - for standard output' });
  if (args.has('force') && file === undefined) {
    throw userError({ at: '--force', given: 'there is no --file', expected: 'both', fix: 'name the file, or leave --force out' });
  }
  if (!toStdout) return;
  if (file !== undefined) throw userError({ at: '--output', given: 'it is "-" and there is a --file', expected: 'one of them', fix: 'decide for one' });
  if (hasSecret && isCi(variables)) {
    throw userError({ at: '--output', given: 'it is "-" in a CI job', expected: 'no secret in its log', fix: 'write it into a file by --file' });
  }
}

/**
 * Where a credential goes.
 */
export interface CredentialFile {
  readonly files: Files;
  readonly file: string;
  readonly form: CredentialFormat;
  readonly force: boolean;
  readonly holds?: StoredCredential;
}

function toFile({ files, file, form, force, holds }: CredentialFile): Destination {
  return {
    description: `file ${file}, readable by you alone`,
    // Files of one name in two folders are two places.
    identity: async () => `file ${basename(file)} ${files.fingerprint(file)}`,
    check: async () => ({ ...EMPTY_STATE, hasCredential: holds !== undefined, credential: holds }),
    store: async (kubeconfig, said) => said(writeCredential({ files, file, form, force }, kubeconfig)),
  };
}

/**
 * Writes a credential into a file.
 *
 * @returns What was done, for people.
 */
export function writeCredential({ files, file, form, force }: Omit<CredentialFile, 'holds'>, kubeconfig: Kubeconfig): string {
  files.write(file, formatCredential(kubeconfig, form), { secret: true, force });
  return `${file}: written as ${form}, readable by you alone`;
}

/** The credential in a file, when it is one of the account. */
async function heldBy(files: Files, file: string, { namespace, name }: ServiceAccountRef): Promise<StoredCredential | undefined> {
  if (!files.exists(file)) return undefined;
  const claims = tokenClaims(parseCredential((await files.read(file)).toString('utf8'))?.token ?? '');
  if (claims?.secret === undefined || claims.namespace !== namespace || claims.serviceAccount !== name) return undefined;
  return { secret: claims.secret, expires: claims.expires && claims.expires * 1000 };
}

function toStandardOutput(stdout: Output, form: CredentialFormat): Destination {
  return {
    description: 'standard output',
    identity: async () => 'standard output',
    check: async () => EMPTY_STATE,
    store: async (kubeconfig, said) => {
      stdout.write(formatCredential(kubeconfig, form));
      said(`written to standard output as ${form}`);
    },
  };
}
